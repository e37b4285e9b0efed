using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Checkpointing;

/// <summary>
/// Refuses what was disposed. A disposed module says nothing: it has no parameters any more, and would be saved as empty.
/// </summary>
[RequiresUnreferencedCode("Reads the fields of a module's class.")]
internal static class Disposed
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FieldInfo? Handle = typeof(nn.Module).GetField("handle", Own);

    public static void Refuse(nn.Module module, OptimizerHelper? optimizer)
    {
        foreach (var (name, part) in module.named_modules().Prepend((name: "", module)))
            if (IsDisposed(part))
                throw new ObjectDisposedException(part.GetType().Name,
                    $"The module{(name == "" ? "" : $"'s part '{name}'")} was disposed.");
        foreach (var (name, tensor) in module.state_dict())
            if (tensor.IsInvalid) throw new ObjectDisposedException(module.GetType().Name, $"The module's tensor '{name}' was disposed.");
        if (optimizer is null) return;
        foreach (var parameter in optimizer.parameters())
            if (parameter.IsInvalid)
                throw new ObjectDisposedException(optimizer.GetType().Name, "A parameter of the optimizer was disposed.");
        RefuseDisposedState(optimizer);
    }

    // TorchSharp's Linear and convolutions keep their handle; but their parameters are fields.
    private static bool IsDisposed(nn.Module module)
    {
        if (Handle?.GetValue(module) is SafeHandle { IsClosed: true }) return true;
        for (var type = module.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
            foreach (var field in type.GetFields(Own))
                if (field.FieldType == typeof(Parameter) && field.GetValue(module) is Parameter { IsInvalid: true }) return true;
        return false;
    }

    // TorchSharp's optimizers do not say so either: their state is gone, or its tensors are.
    private static void RefuseDisposedState(OptimizerHelper optimizer)
    {
        try
        {
            foreach (var state in optimizer.state_dict().State)
                foreach (var property in state.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                    ObjectDisposedException.ThrowIf(property.GetValue(state) is Tensor { IsInvalid: true }, optimizer);
        }
        catch (KeyNotFoundException)
        {
            throw new ObjectDisposedException(optimizer.GetType().Name);
        }
    }
}
