using TorchOptimExt.ML.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>A module as it is called on rows: the first layer of the built-in perceptron takes sparse ones as they are.</summary>
/// <remarks>
/// That layer is a linear one, whose weight W is [outputs, inputs]. For the time of a training on sparse rows, W lies in memory column
/// after column: what a row needs of it then lies together, and so does what is added to its gradient.
/// </remarks>
internal sealed class ModuleCall : IDisposable
{
    private readonly Linear? first;
    private readonly IReadOnlyList<nn.Module<Tensor, Tensor>> rest = [];
    private readonly EmbeddingBag bag = nn.EmbeddingBag(1, 1, mode: EmbeddingBagMode.Sum, include_last_offset: true);
    private readonly TouchedColumns touched = new();

    /// <param name="module">The module.</param>
    /// <param name="builtIn">Whether it is the built-in perceptron, whose layers follow one another, a linear one first.</param>
    internal ModuleCall(nn.Module<Tensor, Tensor> module, bool builtIn)
    {
        Module = module;
        if (!builtIn) return;
        var layers = module.children().Cast<nn.Module<Tensor, Tensor>>().ToList();
        (first, rest) = ((Linear)layers[0], layers[1..]);
    }

    internal nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>
    /// Whether <see cref="BackwardDone"/> follows each walk back through what <see cref="On"/> gave, by backward and once. Otherwise the
    /// graph reaches to the first layer's weight itself.
    /// </summary>
    internal bool TakesTouched { get; set; }

    /// <summary>
    /// Whether what <see cref="On"/> gives has second derivatives. Sparse rows then take as many numbers as they have times the outputs of
    /// the first layer.
    /// </summary>
    internal bool TwiceDifferentiable { get; set; }

    /// <summary>How many numbers of a row the module sees at once.</summary>
    internal long Width(FeatureRows rows) => rows is SparseRows && first is not null ? first.weight!.shape[0] : rows.Inputs;

    /// <summary>What the module gives for rows.</summary>
    internal Tensor On(FeatureRows rows) => rows is SparseRows sparse && first is not null
        ? rest.Aggregate(Linear(first, sparse), (values, layer) => layer.call(values)) : Module.call(rows.Dense());

    // x Wᵀ + b, where a row of x is few numbers: their sum of columns of W. What standardization takes from x goes into b.
    private Tensor Linear(Linear layer, SparseRows rows)
    {
        var weight = layer.weight!;
        var bias = rows.Shift is { } shift ? layer.bias! - weight.matmul(shift) : layer.bias!;
        if (TwiceDifferentiable) return Sum(weight.t(), rows) + bias;
        var apart = TakesTouched && LiesByColumns && is_grad_enabled() && rows.Shift is null && rows.Slots.shape[0] > 0;
        (bag.weight, var slots) = apart ? touched.Take(weight, rows) : (new Parameter(weight.t()), rows.Slots);
        var place = rows.Values.shape[0] <= int.MaxValue ? ScalarType.Int32 : ScalarType.Int64;
        return bag.call(slots.to_type(place), rows.Offsets.to_type(place), rows.Values) + bias;
    }

    // As EmbeddingBag, of which libtorch knows the first derivative only.
    private static Tensor Sum(Tensor columns, SparseRows rows)
    {
        var terms = columns.index_select(0, rows.Slots.to_type(ScalarType.Int64)) * rows.Values.unsqueeze(1);
        return zeros(rows.Count, columns.shape[1], ScalarType.Float32, rows.Device).index_add(0, rows.RowOfEach(), terms, 1);
    }

    /// <summary>Completes the gradients of the parameters.</summary>
    internal void BackwardDone() => touched.Give();

    /// <summary>Lays the first layer's weight out for sparse rows; for others, and for modules of users, does nothing.</summary>
    internal void ByColumns(FeatureRows rows)
    {
        if (rows is SparseRows && first is not null) Lay(first.weight!, weight => weight.t().contiguous().t());
    }

    /// <summary>Whether the first layer's weight lies column after column.</summary>
    internal bool LiesByColumns => first is not null && !first.weight!.is_contiguous();

    /// <summary>Lays the first layer's weight out as every other.</summary>
    internal void ByRows()
    {
        if (LiesByColumns) Lay(first!.weight!, weight => weight.contiguous());
    }

    // The same parameter for everybody who holds it.
    private static void Lay(Tensor weight, Func<Tensor, Tensor> copy)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        weight.set_(copy(weight.detach()));
    }

    public void Dispose()
    {
        bag.Dispose();
        touched.Dispose();
    }
}
