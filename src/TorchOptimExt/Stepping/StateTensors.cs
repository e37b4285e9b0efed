using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>
/// The state tensors of one parameter, in the order of the rule's arguments; null where there is none or the rule leaves it alone.
/// </summary>
internal readonly record struct StateTensors(Tensor? First = null, Tensor? Second = null, Tensor? Third = null)
{
    /// <summary>Those that are there.</summary>
    public IEnumerable<Tensor> All => new[] { First, Second, Third }.OfType<Tensor>();

    /// <summary>Disposes them.</summary>
    public void Dispose()
    {
        First?.Dispose();
        Second?.Dispose();
        Third?.Dispose();
    }
}
