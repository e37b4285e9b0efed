using static TorchSharp.torch;

namespace TorchOptimExt.Tests.TestFunctions;

/// <summary>What sums of squares are written with.</summary>
internal static class Residuals
{
    /// <summary>The sum of the squares of the elements.</summary>
    public static Tensor Squares(Tensor residuals) => residuals.square().sum();

    /// <summary>The sum of the squares of numbers.</summary>
    public static Tensor Squares(params Tensor[] residuals) => residuals.Select(r => r.square()).Aggregate((a, b) => a + b);

    /// <summary>Numbers as a constant that goes with a vector.</summary>
    public static Tensor Like(Tensor x, IEnumerable<double> numbers) => tensor(numbers.ToArray(), dtype: x.dtype, device: x.device);

    /// <summary>first, first + step, … as a constant that goes with a vector.</summary>
    public static Tensor Range(Tensor x, int count, double first, double step) =>
        Like(x, Enumerable.Range(0, count).Select(k => first + k * step));
}
