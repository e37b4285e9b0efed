using static TorchSharp.torch;

namespace TorchOptimExt.Averaging;

/// <summary>
/// The average of one of a module's tensors, or the copy of one that is not averaged. Averages of float16 and bfloat16 are float32: in the
/// module's precision a small change would be lost.
/// </summary>
internal sealed class AveragedTensor : IDisposable
{
    private readonly bool averaged;
    private Tensor? kept;

    public AveragedTensor(Tensor own, bool averaged)
    {
        this.averaged = averaged;
        var type = averaged && own.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : own.dtype;
        Average = own.detach().to_type(type, copy: true).DetachFromDisposeScope();
    }

    public Tensor Average { get; }

    /// <summary>Takes a present value in.</summary>
    /// <param name="own">The module's tensor.</param>
    /// <param name="weight">The weight of the present value; null copies it.</param>
    public void Update(Tensor own, double? weight)
    {
        using var scope = NewDisposeScope();
        var present = own.detach().to(Average.dtype, Average.device);
        if (averaged && weight is { } part) Average.lerp_(present, tensor(part, dtype: Average.dtype, device: Average.device));
        else Average.copy_(present);
    }

    /// <summary>Gives the module's tensor the average, and keeps its own bits.</summary>
    public void SwapIn(Tensor own)
    {
        if (own.dtype == Average.dtype) Exchange(own);
        else
        {
            kept = own.detach().clone().DetachFromDisposeScope();
            own.copy_(Average);
        }
    }

    /// <summary>Gives the module's tensor its own bits again. What is of the average's type is taken back as it is now.</summary>
    public void SwapOut(Tensor own)
    {
        if (kept is null) Exchange(own);
        else
        {
            own.copy_(kept);
            kept.Dispose();
            kept = null;
        }
    }

    /// <summary>The average where the module holds it and its own bits lie here.</summary>
    public Tensor WhileSwapped(Tensor own) => kept is null ? own.detach() : Average;

    private void Exchange(Tensor own)
    {
        using var present = own.detach().clone();
        own.copy_(Average);
        Average.copy_(present);
    }

    public void Dispose()
    {
        Average.Dispose();
        kept?.Dispose();
    }
}
