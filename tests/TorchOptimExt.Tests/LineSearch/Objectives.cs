using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>What the tests of both line searches need.</summary>
internal static class Objectives
{
    /// <summary>The optimizers with the settings that change how they search.</summary>
    public static IReadOnlyDictionary<string, Func<IEnumerable<Parameter>, LineSearchOptimizer>> Variants { get; } = new Dictionary<string,
        Func<IEnumerable<Parameter>, LineSearchOptimizer>>
    {
        ["GD"] = p => optim.ArmijoGD(p),
        ["GD quadratic, keep"] = p => optim.ArmijoGD(p, interpolation: Interpolation.Quadratic, first_trial: FirstTrial.Keep),
        ["GD cubic, grow"] = p => optim.ArmijoGD(p, interpolation: Interpolation.Cubic, first_trial: FirstTrial.Grow),
        ["GD history 5"] = p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow, history: 5),
        ["GD momentum"] = p => optim.ArmijoGD(p, first_trial: FirstTrial.Grow, momentum: 0.9),
        ["GD weight decay"] = p => optim.ArmijoGD(p, weight_decay: 0.1, c: 0.3, beta: 0.7),
        ["GD interpolated"] = p => optim.ArmijoGD(p, interpolation: Interpolation.Cubic, first_trial: FirstTrial.Interpolated),
        ["GD Barzilai-Borwein"] = p => optim.ArmijoGD(p, first_trial: FirstTrial.BarzilaiBorwein, history: 10, max_step: 1e10),
        ["L-BFGS"] = p => optim.WolfeLBFGS(p),
        ["L-BFGS Armijo"] = p => optim.WolfeLBFGS(p, line_search: LineSearchKind.Armijo, history: 3),
        ["L-BFGS weight decay"] = p => optim.WolfeLBFGS(p, weight_decay: 0.1),
        ["Trust region"] = p => optim.TrustRegionNewton(p),
        ["Trust region, CG"] = p => optim.TrustRegionNewton(p, max_exact: 0),
        ["Newton"] = p => optim.ArmijoNewton(p),
        ["Newton, b = 0"] = p => optim.ArmijoNewton(p, b: 0, c: 0.3),
        ["Newton-CG"] = p => optim.ArmijoNewton(p, max_exact: 0),
        ["Newton weight decay"] = p => optim.ArmijoNewton(p, weight_decay: 0.1),
    };

    public static Func<Tensor> Closure(TestFunction function, Parameter x) => () => function.Value(x);

    /// <summary>The bits of a parameter.</summary>
    public static byte[] Bits(Tensor x) => x.bytes.ToArray();

    public static double[] Values(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.detach().clone().to_type(ScalarType.Float64).data<double>().ToArray();
    }

    /// <summary>Steps until something else than an accepted step happens.</summary>
    public static LineSearchStep Minimize(LineSearchOptimizer optimizer, Func<Tensor> closure, int most)
    {
        for (var k = 0; k < most; k++)
        {
            using var scope = NewDisposeScope();
            optimizer.step(closure);
            if (optimizer.LastStep!.Outcome != LineSearchOutcome.Accepted) break;
        }
        return optimizer.LastStep!;
    }
}
