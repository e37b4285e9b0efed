using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>One parameter on the ray θ + α·scale·direction.</summary>
internal sealed class Leg(
    Parameter parameter, LineSearchOptions options, TensorState state, Tensor found, Tensor plain, Tensor gradient)
{
    private double along = double.NaN;      // gᵀ(direction), once it is known
    private double? largest;
    private (Tensor direction, double along, double change)? survey;

    public Parameter Parameter => parameter;

    /// <summary>The gradient of f as it was computed, with its graph where it has one.</summary>
    public Tensor Found => found;

    /// <summary>The gradient of f, reduced.</summary>
    public Tensor Plain => plain;

    /// <summary>The hyperparameters of its group.</summary>
    public LineSearchOptions Options => options;

    public double LearningRate => options.LearningRate!.Value;

    public TensorState State => state;

    /// <summary>The gradient of F, of the parameter's shape and dtype.</summary>
    public Tensor Gradient { get; } = gradient;

    /// <summary>The direction, before the learning rate, of the parameter's shape and dtype.</summary>
    public Tensor Direction
    {
        get;
        set => (field, along, Square) = (value, double.NaN, double.NaN);
    } = gradient;

    /// <summary>The learning rate with the direction's sign.</summary>
    public double Scale { get; set; }

    /// <summary>‖direction‖², summed in float64; NaN where it was not computed on the way.</summary>
    public double Square { get; private set; } = double.NaN;

    /// <summary>gᵀd of this parameter, summed as <see cref="RowProducts"/> does.</summary>
    public double Slope => Scale * (double.IsNaN(along) ? along = Dot(Gradient, Direction) : along);

    /// <summary>max|g|; NaN where an element is.</summary>
    public double LargestGradient => largest ??= Largest();

    /// <summary>Looks from where a trial ended at where its step began: max|g|, gᵀd and the change of g are known in one pass
    /// then.</summary>
    /// <param name="origin">The same parameter's leg where the step began.</param>
    public void Survey(Leg origin)
    {
        if (Gradient.NumberOfElements == 0 || !RowPass.Takes(Gradient, origin.Gradient, origin.Direction)) return;
        (var along, var change, largest) = EndPass.Of(Gradient, origin.Gradient, origin.Direction);
        survey = (origin.Direction, along, change);
    }

    /// <summary>gᵀ(direction) and ‖g − g₀‖² of a survey, which must have been along that direction.</summary>
    public (double along, double change)? Surveyed(Tensor direction) =>
        survey is { } known && ReferenceEquals(known.direction, direction) ? (known.along, known.change) : null;

    private double Largest()
    {
        if (Gradient.NumberOfElements == 0) return 0;
        if (RowPass.Takes(Gradient)) return EndPass.Of(Gradient);
        using var scope = NewDisposeScope();
        return Math.Max(Number(Gradient.max()), -Number(Gradient.min()));
    }

    /// <summary>The elements in a row, in float64.</summary>
    public static Tensor Wide(Tensor tensor) => tensor.reshape(-1).to_type(ScalarType.Float64);

    /// <summary>The scalar product of the elements, summed in float64; long float32 ones as <see cref="RowProducts"/> does.</summary>
    public static double Dot(Tensor a, Tensor b)
    {
        if (a.NumberOfElements == 0) return 0;
        if (RowPass.Takes(a, b)) return new RowProducts().Of([a], [b])[0];
        using var scope = NewDisposeScope();
        return Wide(a).dot(Wide(b)).item<double>();
    }

    /// <summary>The elements of all legs in a row, in float64.</summary>
    public static Tensor Flat(IReadOnlyList<Leg> legs, Func<Leg, Tensor> part) => cat([.. legs.Select(leg => Wide(part(leg)))]);

    /// <summary>Gives each leg its part of a vector over the elements of all, times its learning rate, as the direction.</summary>
    public static void Part(IReadOnlyList<Leg> legs, Tensor vector)
    {
        var parts = vector.split([.. legs.Select(leg => leg.Parameter.NumberOfElements)]);
        foreach (var (leg, part) in legs.Zip(parts)) leg.Point(part, leg.LearningRate);
    }

    /// <summary>One rate for all directions, of those between the smallest and the largest learning rate the nearest to 1.</summary>
    public static void Level(IReadOnlyList<Leg> legs)
    {
        var rate = Math.Clamp(1, legs.Min(leg => leg.LearningRate), legs.Max(leg => leg.LearningRate));
        foreach (var leg in legs) leg.Scale = Math.CopySign(rate, leg.Scale);
    }

    /// <summary>What a positive definite matrix makes of −g descends; learning rates that differ may turn it until it does not. Where it
    /// then falls less steeply than with the smallest of them alone, there is one for all.</summary>
    public static void KeepDescent(IReadOnlyList<Leg> legs)
    {
        var plain = legs.Sum(leg => leg.Slope / leg.LearningRate);
        if (plain < 0 && legs.Sum(leg => leg.Slope) > legs.Min(leg => leg.LearningRate) * plain) Level(legs);
    }

    /// <summary>Sets the direction from elements in a row.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="scale">The learning rate with the direction's sign.</param>
    /// <param name="along">Their scalar product with the gradient; NaN where it is not known.</param>
    /// <param name="square">Their own; NaN where it is not known.</param>
    public void Point(Tensor elements, double scale, double along = double.NaN, double square = double.NaN)
    {
        (Direction, Scale) = (elements.reshape(parameter.shape).to_type(parameter.dtype), scale);
        if (elements.dtype == parameter.dtype) (this.along, Square) = (along, square);
    }

    /// <summary>−g times the learning rate.</summary>
    public void PointDownhill() => (Direction, Scale) = (Gradient, -LearningRate);

    private static double Number(Tensor one) => one.to_type(ScalarType.Float64).item<double>();
}
