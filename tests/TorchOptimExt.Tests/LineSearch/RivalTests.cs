using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>Math.NET's Newton minimizer with its line search, on the same functions and to the same gradient.</summary>
public class RivalTests
{
    private const double Tolerance = 1e-8;
    private const int Most = 500;

    [Fact]
    public void ArmijoNewton_evaluates_the_functions_no_more_often_where_both_converge()
    {
        var (ours, theirs, both) = (0, 0, 0);
        foreach (var (function, start) in Functions.Problems)
        {
            if (ByArmijoNewton(function, start) is not { } own || ByMathNet(function, start) is not { } rival) continue;
            (ours, theirs, both) = (ours + own, theirs + rival, both + 1);
        }
        Assert.True(both >= 6, $"{both} problems");
        Assert.True(ours <= theirs, $"{ours} evaluations against {theirs}");
    }

    private static int? ByArmijoNewton(TestFunction function, double[] start)
    {
        using var x = TestFunction.At(start);
        using var optimizer = optim.ArmijoNewton([x], tolerance_grad: Tolerance, tolerance_change: 0);
        var evaluations = 0;
        var last = Minimize(optimizer, () => { evaluations++; return function.Value(x); }, Most);
        return last.LargestGradient <= Tolerance ? evaluations : null;
    }

    private static int? ByMathNet(TestFunction function, double[] start)
    {
        var evaluations = 0;
        var objective = ObjectiveFunction.GradientHessian(
            x => { evaluations++; return Value(function, x.ToArray()); },
            x => Vector<double>.Build.Dense(Gradient(function, x.ToArray())),
            x => Matrix<double>.Build.DenseOfArray(Hessian(function, x.ToArray())));
        try
        {
            var found = new NewtonMinimizer(Tolerance, Most, useLineSearch: true).FindMinimum(objective, Vector<double>.Build.Dense(start));
            return Gradient(function, found.MinimizingPoint.ToArray()).Max(Math.Abs) <= Tolerance ? evaluations : null;
        }
        catch (OptimizationException)
        {
            return null;
        }
    }

    private static double Value(TestFunction function, double[] point)
    {
        using var scope = NewDisposeScope();
        return function.Value(tensor(point)).item<double>();
    }

    private static double[] Gradient(TestFunction function, double[] point)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(point);
        function.Value(x).backward();
        return Values(x.grad!);
    }

    private static double[,] Hessian(TestFunction function, double[] point)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(point);
        var gradient = autograd.grad([function.Value(x)], [x], retain_graph: true, create_graph: true)[0];
        var matrix = new double[point.Length, point.Length];
        for (var i = 0; i < point.Length; i++)
        {
            var row = Values(autograd.grad([gradient[i]], [x], retain_graph: true)[0]);
            for (var j = 0; j < point.Length; j++) matrix[i, j] = row[j];
        }
        return matrix;
    }
}
