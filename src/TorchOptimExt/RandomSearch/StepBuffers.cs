using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// A model's buffers during a step: every evaluation begins with what they were before it, and the step leaves them as its first
/// evaluation did that had a
/// finite objective and finite buffers, as one forward pass of a plain loop would.
/// </summary>
internal sealed class StepBuffers : IDisposable
{
    private readonly IReadOnlyList<Tensor> own;
    private readonly Tensor[] before;
    private readonly object gate = new();
    private Tensor[]? kept;
    private int keptOrder = int.MaxValue;

    /// <summary>Remembers the buffers as they are.</summary>
    public StepBuffers(IReadOnlyList<Tensor> own)
    {
        this.own = own;
        before = Copies(own);
    }

    /// <summary>Gives the buffers of a model, or of a replica of it, what they were before the step.</summary>
    public void Restore(IReadOnlyList<Tensor> buffers) => Copy(before, buffers);

    /// <summary>Says that an evaluation has left these buffers; the first in order counts, whichever thread it ran on.</summary>
    public void Offer(Perturbation perturbation, double value, IReadOnlyList<Tensor> buffers)
    {
        var order = 2 * perturbation.Direction + (perturbation.Sign < 0 ? 1 : 0);
        if (own.Count == 0 || !double.IsFinite(value)) return;
        lock (gate)
        {
            if (order >= keptOrder || !buffers.All(IsFinite)) return;
            Free(kept);
            (keptOrder, kept) = (order, Copies(buffers));
        }
    }

    /// <summary>Gives the model's buffers what the first evaluation left: the step has updated the parameters.</summary>
    public void Keep()
    {
        if (kept is not null) Copy(kept, own);
    }

    public void Dispose()
    {
        Free(before);
        Free(kept);
    }

    private static bool IsFinite(Tensor buffer)
    {
        if (!buffer.is_floating_point()) return true;
        using var scope = NewDisposeScope();
        return buffer.isfinite().all().item<bool>();
    }

    private static Tensor[] Copies(IReadOnlyList<Tensor> tensors)
    {
        using var quiet = no_grad();
        return [.. tensors.Select(tensor => tensor.clone().DetachFromDisposeScope())];
    }

    private static void Copy(Tensor[] from, IReadOnlyList<Tensor> to)
    {
        using var quiet = no_grad();
        for (var k = 0; k < from.Length; k++) to[k].copy_(from[k]);
    }

    private static void Free(Tensor[]? tensors)
    {
        foreach (var tensor in tensors ?? []) tensor.Dispose();
    }
}
