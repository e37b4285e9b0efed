using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>Buffers of a module, such as the running averages of batch normalization, with the values that evaluations beside the first
/// must not change.</summary>
internal sealed class KeptBuffers(string optimizer, IReadOnlyList<Tensor> buffers) : IDisposable
{
    private Tensor[] kept = [];

    /// <exception cref="InvalidOperationException">A buffer was disposed or replaced.</exception>
    public void Check()
    {
        for (var k = 0; k < buffers.Count; k++)
            if (buffers[k].IsInvalid)
                throw new InvalidOperationException(
                    $"{optimizer}: buffer {k} was disposed or replaced since the optimizer was made, as model.to(dtype) does. "
                    + "Convert the model first and give its buffers then.");
    }

    /// <summary>Keeps the present values.</summary>
    public void Keep()
    {
        Dispose();
        kept = Copies();
    }

    /// <summary>Gives the buffers back what was kept.</summary>
    public void Return() => Put(kept);

    /// <summary>The present values, for <see cref="Put"/>; the caller disposes them.</summary>
    public Tensor[] Copies()
    {
        using var quiet = no_grad();
        return [.. buffers.Select(buffer => buffer.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>Sets the buffers.</summary>
    public void Put(Tensor[] values)
    {
        using var quiet = no_grad();
        foreach (var (buffer, value) in buffers.Zip(values)) buffer.copy_(value);
    }

    public void Dispose()
    {
        foreach (var tensor in kept) tensor.Dispose();
        kept = [];
    }
}
