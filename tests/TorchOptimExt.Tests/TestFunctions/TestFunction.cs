using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.TestFunctions;

/// <summary>A function of a float64 vector whose minimum is known.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Value">The function, differentiable twice.</param>
/// <param name="Minimum">Its smallest value.</param>
/// <param name="Minimizers">Where it takes that value: all such points.</param>
/// <param name="Starts">The standard starts.</param>
public sealed record TestFunction(string Name, Func<Tensor, Tensor> Value, double Minimum, double[][] Minimizers, double[][] Starts)
{
    /// <summary>A new parameter at a point.</summary>
    public static Parameter At(double[] point, ScalarType dtype = ScalarType.Float64) => new(tensor(point, dtype: dtype));

    /// <summary>The largest distance in a coordinate to the nearest minimizer.</summary>
    public double Distance(IReadOnlyList<double> point) => Minimizers.Min(m => m.Zip(point, (a, b) => Math.Abs(a - b)).Max());

    public override string ToString() => Name;
}
