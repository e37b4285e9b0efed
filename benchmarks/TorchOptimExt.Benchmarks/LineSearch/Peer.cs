using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>A minimizer with the settings that the comparison names.</summary>
internal sealed record Peer(string Name, Func<Problem, int, Outcome> Minimize)
{
    private const double Tolerance = 0.999e-8;

    public static readonly Peer[] All =
    [
        new("ArmijoGD", (p, most) => Ours(p, most, x => optim.ArmijoGD(x, first_trial: FirstTrial.Grow, interpolation: Interpolation.Quadratic, tolerance_grad: Tolerance, tolerance_change: 0))),
        new("ArmijoNewton", (p, most) => Ours(p, most, x => optim.ArmijoNewton(x, tolerance_grad: Tolerance, tolerance_change: 0))),
        new("TorchSharp LBFGS", LBFGS),
        new("MathNet BFGS", (p, most) => MathNet(p, (objective, start) => new BfgsMinimizer(Tolerance, 0, 0, most).FindMinimum(objective, start))),
        new("MathNet Newton", (p, most) => MathNet(p, (objective, start) => new NewtonMinimizer(Tolerance, most, useLineSearch: true).FindMinimum(objective, start))),
    ];

    private static Outcome Ours(Problem problem, int most, Func<IEnumerable<Parameter>, LineSearchOptimizer> make)
    {
        using var x = TestFunction.At(problem.Start);
        using var optimizer = make([x]);
        for (var k = 0; k < most; k++)
        {
            using var scope = NewDisposeScope();
            optimizer.step(() => problem.Loss(x));
            if (!optimizer.LastStep!.Moved) break;
        }
        return problem.At(Values(x));
    }

    private static Outcome LBFGS(Problem problem, int most)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(problem.Start);
        var optimizer = optim.LBFGS([x], lr: 1, max_iter: most, max_eval: 2 * most, tolerange_grad: Tolerance, tolerance_change: 0);
        optimizer.step(() =>
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            var loss = problem.Loss(x);
            loss.backward();
            return loss.MoveToOuterDisposeScope();
        });
        return problem.At(Values(x));
    }

    private static Outcome MathNet(Problem problem, Func<IObjectiveFunction, Vector<double>, MinimizationResult> minimize)
    {
        var build = Vector<double>.Build;
        var last = problem.Start;
        var objective = ObjectiveFunction.GradientHessian(
            x => problem.Value(last = x.ToArray()), x => build.Dense(problem.Gradient(x.ToArray())), x => Matrix<double>.Build.DenseOfArray(problem.Hessian(x.ToArray())));
        try
        {
            return problem.At(minimize(objective, build.Dense(problem.Start)).MinimizingPoint.ToArray());
        }
        catch (OptimizationException e)
        {
            return problem.At(last) with { Failure = e.GetType().Name };
        }
    }

    private static double[] Values(Parameter x)
    {
        using var copy = x.detach();
        return copy.data<double>().ToArray();
    }
}
