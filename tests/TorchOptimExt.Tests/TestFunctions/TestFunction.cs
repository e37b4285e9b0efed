using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.TestFunctions;

/// <summary>A function of a vector whose minimum is known. It computes in the vector's dtype and on its device.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Value">The function, differentiable twice.</param>
/// <param name="Minimum">Its smallest value.</param>
/// <param name="Minimizers">Where it takes that value.</param>
/// <param name="Starts">The standard starts.</param>
public sealed record TestFunction(string Name, Func<Tensor, Tensor> Value, double Minimum, double[][] Minimizers, double[][] Starts)
{
    /// <summary>Minima that are not the smallest, where a descent from a standard start may end: the value and the point.</summary>
    public (double value, double[] at)[] LocalMinima { get; init; } = [];

    /// <summary>How far rounding in float64 moves the value near its minimum, in units of it (of 1 where it is smaller).</summary>
    public double Rounding { get; init; } = 1e-13;

    /// <summary>A new parameter at a point.</summary>
    public static Parameter At(double[] point, ScalarType dtype = ScalarType.Float64) => new(tensor(point, dtype: dtype));

    /// <summary>The largest distance in a coordinate to the nearest minimizer.</summary>
    public double Distance(IReadOnlyList<double> point) => Minimizers.Min(m => m.Zip(point, (a, b) => Math.Abs(a - b)).Max());

    /// <summary>The value of the minimum, the smallest or a local one, that is nearest to a value.</summary>
    public double NearestMinimum(double value) => LocalMinima.Select(m => m.value).Append(Minimum).MinBy(m => Math.Abs(m - value));

    /// <summary>Value and gradient at a point, in float64.</summary>
    public (double value, double[] gradient) Derivative(double[] point)
    {
        using var scope = NewDisposeScope();
        var x = At(point);
        var value = Value(x);
        return (value.ToDouble(), autograd.grad([value], [x])[0].data<double>().ToArray());
    }

    public override string ToString() => Name;
}
