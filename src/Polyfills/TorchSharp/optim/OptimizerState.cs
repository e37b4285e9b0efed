#nullable disable   // as annotated in the real one: not at all

namespace TorchSharp.Modules;

/// <summary>What an optimizer keeps for one parameter.</summary>
public abstract class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    public abstract void Initialize(OptimizerOptions options);

    public abstract void SaveStateDict(BinaryWriter writer);
    public abstract void LoadStateDict(BinaryReader reader);
    public abstract void LoadStateDict(OptimizerState source);

    public virtual void to(Device device) { }

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    /// <summary>A tensor that may be absent: one byte that says whether it is there, then the tensor.</summary>
    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor result, Device device)
    {
        if (reader.ReadBoolean())
        {
            TensorExtensionMethods.Load(ref result, reader);
            result = result.to(device, disposeAfter: true);
        }
        else
        {
            result?.Dispose();
            result = null;
        }
    }

    /// <summary>Zeros in a parameter's shape and dtype that outlive any dispose scope.</summary>
    internal static Tensor Zeros(Parameter parameter) => zeros_like(parameter).DetachFromDisposeScope();

    /// <summary>Replaces a tensor by a copy, on the parameter's device, of another state's.</summary>
    internal void Copy(ref Tensor target, Tensor source)
    {
        target?.Dispose();
        target = source.to(_parameter.device, copy: true);
    }
}
