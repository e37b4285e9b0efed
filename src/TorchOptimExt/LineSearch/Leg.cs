using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>One parameter on the ray θ + α·scale·direction.</summary>
internal sealed class Leg(Parameter parameter, LineSearchOptions options, TensorState state, Tensor found, Tensor gradient)
{
    public Parameter Parameter => parameter;

    /// <summary>The gradient of f as it was computed, with its graph where it has one.</summary>
    public Tensor Found => found;

    /// <summary>The hyperparameters of its group.</summary>
    public LineSearchOptions Options => options;

    public TensorState State => state;

    /// <summary>The gradient of F, of the parameter's shape and dtype.</summary>
    public Tensor Gradient { get; } = gradient;

    /// <summary>The direction, before the learning rate, of the parameter's shape and dtype.</summary>
    public Tensor Direction { get; set; } = gradient;

    /// <summary>The learning rate with the direction's sign.</summary>
    public double Scale { get; set; }

    /// <summary>gᵀd of this parameter, summed in float64.</summary>
    public double Slope => Scale * Wide(Gradient).dot(Wide(Direction)).item<double>();

    /// <summary>max|g|; NaN where an element is.</summary>
    public double LargestGradient => Gradient.NumberOfElements == 0 ? 0 : Math.Max(Number(Gradient.max()), -Number(Gradient.min()));

    /// <summary>The elements in a row, in float64.</summary>
    public static Tensor Wide(Tensor tensor) => tensor.reshape(-1).to_type(ScalarType.Float64);

    private static double Number(Tensor one) => one.to_type(ScalarType.Float64).item<double>();
}
