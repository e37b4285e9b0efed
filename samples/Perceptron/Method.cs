using System.Runtime.CompilerServices;
using TorchOptimExt;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Perceptron;

/// <summary>A way to train the unit.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Steps">How many steps it makes.</param>
/// <param name="EvaluationsOfAStep">How often a step computes the loss.</param>
/// <param name="UsesGradient">Whether the closure calls <c>backward</c>.</param>
/// <param name="Make">Makes the optimizer.</param>
/// <param name="Code">The C# code of <paramref name="Make"/>.</param>
internal sealed record Method(string Name, int Steps, int EvaluationsOfAStep, bool UsesGradient, Func<IEnumerable<Parameter>, optim.Optimizer> Make,
    [CallerArgumentExpression(nameof(Make))] string Code = "")
{
    public static readonly Method[] All =
    [
        new("gradient descent", 400, 1, true, p => optim.SGD(p, 2)),
        new("finite differences", 400, 2, false, p => optim.ARS(p, lr: 10, n_directions: 1, delta_std: 0.05, normalize_by_std: false, seed: 0)),
        new("augmented random search", 400, 16, false, p => optim.ARS(p, lr: 0.1, n_directions: 8, top_directions: 4, delta_std: 0.05, seed: 0)),
    ];

    /// <summary>Trains a unit; the caller disposes of it.</summary>
    public Unit Train(TwoIrises data)
    {
        var unit = new Unit();
        using var optimizer = Make(unit.Parameters);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.step(() =>
            {
                if (UsesGradient) optimizer.zero_grad();
                var loss = unit.Loss(data);
                if (UsesGradient) loss.backward();
                return loss;
            });
        }
        return unit;
    }
}
