using TorchOptimExt.ML.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>
/// The columns of a linear layer's weight that the features of a batch touch: they are taken out for the batch, and their gradients put
/// back among the zeros of all others.
/// </summary>
/// <remarks>
/// The gradient lies in one memory for all batches, of which each writes only what it and the one before touch. Torch would make, clear
/// and give back memory as large as the weight for each batch.
/// </remarks>
internal sealed class TouchedColumns : IDisposable
{
    private Tensor? gradient;       // [inputs, outputs], 0 but in the columns below
    private Tensor? written;        // the columns of the last gradient
    private (Parameter weight, Tensor columns, Parameter values)? taken;

    /// <summary>
    /// The columns that sparse rows touch, [columns, outputs], as a leaf of the graph; and the slots of the rows, counted among
    /// them.
    /// </summary>
    internal (Parameter columns, Tensor slots) Take(Parameter weight, SparseRows rows)
    {
        using var quiet = no_grad();
        var (columns, slots, _) = rows.Slots.unique(sorted: true, return_inverse: true);
        var values = new Parameter(weight.t().index_select(0, columns));
        taken = (weight, columns.to_type(ScalarType.Int64), values);
        return (values, slots!);
    }

    /// <summary>Gives the weight the gradient of what was last taken, after the graph was walked back.</summary>
    internal void Give()
    {
        if (taken is not var (weight, columns, values)) return;
        taken = null;
        using var quiet = no_grad();
        gradient ??= zeros_like(weight.t()).DetachFromDisposeScope();
        if (written is not null) gradient.index_fill_(0, written, 0);
        written?.Dispose();
        written = columns.DetachFromDisposeScope();
        if (values.grad is not { } found) return;
        gradient.index_copy_(0, columns, found);
        weight.grad = gradient.t();
    }

    public void Dispose()
    {
        gradient?.Dispose();
        written?.Dispose();
    }
}
