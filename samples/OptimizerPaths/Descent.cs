using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OptimizerPaths;

/// <summary>An optimizer with hyperparameters for each landscape.</summary>
/// <param name="Label">What the picture calls it.</param>
/// <param name="Make">From the parameters and whether they are on <see cref="Landscape.Rosenbrock"/>.</param>
internal sealed record Contender(Func<bool, string> Label, Func<IEnumerable<Parameter>, bool, optim.Optimizer> Make);

/// <summary>Where an optimizer went.</summary>
/// <param name="Label">Its name and hyperparameters.</param>
/// <param name="Points">The start and where each step ended.</param>
/// <param name="Value">The function at the end.</param>
internal sealed record Descent(string Label, IReadOnlyList<(double x, double y)> Points, double Value)
{
    public static Descent Run(Contender contender, Landscape landscape)
    {
        using var scope = NewDisposeScope();
        var onRosenbrock = landscape == Landscape.Rosenbrock;
        var at = new Parameter(tensor(new[] { landscape.Start.x, landscape.Start.y }));
        using var optimizer = contender.Make([at], onRosenbrock);
        List<(double, double)> points = [landscape.Start];
        for (var step = 0; step < landscape.Steps; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.step(() =>
            {
                optimizer.zero_grad();
                var value = landscape.Value(at[0], at[1]);
                value.backward();
                return value;
            });
            points.Add((at[0].ToDouble(), at[1].ToDouble()));
        }
        return new(contender.Label(onRosenbrock), points, landscape.Value(at[0], at[1]).ToDouble());
    }
}
