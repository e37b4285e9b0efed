using System.Diagnostics;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>A test function from one of its starts, which counts what it is asked for. Every minimizer gets the same torch code.</summary>
internal sealed class Problem(TestFunction function, double[] start)
{
    private readonly long began = Stopwatch.GetTimestamp();

    public string Name => function.Starts.Length == 1 ? function.Name : $"{function.Name} from ({string.Join(", ", start)})";
    public double[] Start => start;
    public int Functions { get; private set; }
    public int Gradients { get; private set; }

    /// <summary>The loss for a closure; with its graph where gradients are on.</summary>
    public Tensor Loss(Parameter x)
    {
        Functions++;
        if (is_grad_enabled()) Gradients++;
        return function.Value(x);
    }

    public double Value(double[] point)
    {
        Functions++;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return function.Value(tensor(point)).ToDouble();
    }

    public double[] Gradient(double[] point)
    {
        Gradients++;
        return Derivative(point);
    }

    public double[,] Hessian(double[] point)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(point);
        var gradient = autograd.grad([function.Value(x)], [x], retain_graph: true, create_graph: true)[0];
        var matrix = new double[point.Length, point.Length];
        for (var i = 0; i < point.Length; i++)
        {
            var row = autograd.grad([gradient[i]], [x], retain_graph: true)[0].data<double>();
            for (var j = 0; j < point.Length; j++) matrix[i, j] = row[j];
        }
        return matrix;
    }

    /// <summary>What it took to come to this point.</summary>
    public Outcome At(double[] point) => new(Functions, Gradients, Stopwatch.GetElapsedTime(began).TotalSeconds, Derivative(point).Max(Math.Abs));

    private double[] Derivative(double[] point)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(point);
        function.Value(x).backward();
        return x.grad!.data<double>().ToArray();
    }
}
