using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>Tensors that a step needs and the next one needs again: large memory that is new at each step costs more than what is done with
/// it.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly Dictionary<(nint parameter, ScratchUse use), Tensor> tensors = [];

    /// <summary>A tensor of that shape, dtype and device, with any elements; the same one at the next call, unless they changed.</summary>
    public Tensor Like(Tensor like, nint parameter, ScratchUse use)
    {
        if (tensors.TryGetValue((parameter, use), out var known))
        {
            if (known.dtype == like.dtype && known.device_type == like.device_type && known.device_index == like.device_index
                && known.shape.SequenceEqual(like.shape) && known.is_contiguous() == like.is_contiguous()) return known;
            known.Dispose();
        }
        using var quiet = no_grad();
        return tensors[(parameter, use)] = empty_like(like).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values) tensor.Dispose();
        tensors.Clear();
    }
}
