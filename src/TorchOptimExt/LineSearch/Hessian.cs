using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>The second derivatives of F over the elements of all parameters in a row, in float64, from the graph of the gradient.</summary>
internal sealed class Hessian
{
    private readonly IReadOnlyList<Leg> legs;
    private readonly Action<IReadOnlyList<Tensor>>? reduction;
    private readonly double sign;
    private readonly Leg[] curved;      // whose gradient is not a constant
    private readonly long[] sizes;

    /// <summary>The Hessian at a point.</summary>
    /// <param name="at">The point.</param>
    /// <param name="sign">−1 to maximize f.</param>
    public Hessian(Point at, double sign)
    {
        (legs, reduction, this.sign) = (at.Legs, at.Reduction, sign);
        curved = [.. legs.Where(leg => leg.Found.requires_grad)];
        sizes = [.. legs.Select(leg => leg.Parameter.NumberOfElements)];
        Size = sizes.Sum();
    }

    /// <summary>How many elements the parameters have together.</summary>
    public long Size { get; }

    /// <summary>How many products were computed, without those for the matrix.</summary>
    public int Products { get; private set; }

    /// <summary>How often the matrix was computed.</summary>
    public int Matrices { get; private set; }

    /// <summary>H·v, by a pass backwards through the gradient.</summary>
    public Tensor Times(Tensor vector)
    {
        Products++;
        var product = Product(vector);
        reduction?.Invoke([product]);
        return product;
    }

    private Tensor Product(Tensor vector)
    {
        var parts = vector.split(sizes);
        foreach (var leg in legs) leg.Parameter.grad = null;
        if (curved.Length > 0)
            autograd.backward([.. curved.Select(leg => leg.Found)], [.. Like(parts)], retain_graph: true, create_graph: false,
                inputs: [.. curved.Select(leg => leg.Parameter)]);
        var row = cat([.. legs.Select((leg, k) => Row(leg, parts[k]))]);
        foreach (var leg in legs) leg.Parameter.grad = null;
        return row;
    }

    /// <summary>The matrix, one product a row, made symmetric.</summary>
    public Tensor Matrix()
    {
        Matrices++;
        var unit = zeros(Size, dtype: ScalarType.Float64, device: legs[0].Parameter.device);
        var rows = zeros(Size, Size, dtype: ScalarType.Float64, device: legs[0].Parameter.device);
        for (long k = 0; k < Size; k++)
        {
            using var scope = NewDisposeScope();
            unit.zero_();
            unit[k] = 1.0;
            rows[k].copy_(Product(unit));
        }
        reduction?.Invoke([rows]);
        return rows.add(rows.transpose(0, 1)).mul_(0.5);
    }

    private IEnumerable<Tensor> Like(Tensor[] parts) =>
        legs.Zip(parts).Where(pair => pair.First.Found.requires_grad)
            .Select(pair => pair.Second.reshape(pair.First.Parameter.shape).to_type(pair.First.Parameter.dtype));

    private Tensor Row(Leg leg, Tensor part)
    {
        using var product = leg.Parameter.grad;
        var decayed = part.mul(leg.Options.weight_decay!.Value);
        return product is null ? decayed : decayed.add_(Leg.Wide(product), alpha: sign);
    }
}
