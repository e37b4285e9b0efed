using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public Module _to(Tensor other, bool non_blocking) => Convert(other.dtype, other.device);

            /// <summary>
            /// Moves and converts what floats here and below. As in TorchSharp each tensor that changes is a new object,
            /// so that optimizers have to be made afterwards.
            /// </summary>
            internal Module Convert(ScalarType? dtype, Device? device)
            {
                if (dtype is { } type && !Floats(type))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
                if (device?.type == DeviceType.CUDA) throw new InvalidOperationException("CUDA is not available.");
                foreach (var child in children()) child.Convert(dtype, device);
                using var _ = no_grad();
                foreach (var (name, old) in named_parameters(false).ToList())
                {
                    if (Converted(old, dtype, device) is not { } moved) continue;
                    var parameter = new Parameter(moved, old.requires_grad);
                    using var grad = old.grad;
                    if (grad is not null)
                    {
                        using var movedGrad = Converted(grad, dtype, device);
                        parameter.grad = movedGrad;
                    }
                    Replace(name, old, parameter, () => ConditionallyRegisterParameter(name, parameter));
                }
                foreach (var (name, old) in named_buffers(false).ToList())
                    if (Converted(old, dtype, device) is { } moved) Replace(name, old, moved, () => ConditionallyRegisterBuffer(name, moved));
                return this;
            }

            private static Tensor? Converted(Tensor tensor, ScalarType? dtype, Device? device)
            {
                var type = dtype is { } wanted && Floats(tensor.dtype) ? wanted : tensor.dtype;
                if (type == tensor.dtype && (device is null || device.type == tensor.device_type)) return null;
                return tensor.to(type, device ?? tensor.device);
            }

            private static bool Floats(ScalarType type) => is_floating_point(type) || is_complex(type);

            // A property of that name registers by itself; else the registry and the field that holds the tensor change.
            private void Replace(string name, Tensor old, Tensor value, Action register)
            {
                value.DetachFromDisposeScope();
                if (GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance) is { CanWrite: true } property)
                {
                    property.SetValue(this, value);
                    return;
                }
                old.Dispose();
                register();
                Fields().FirstOrDefault(field => field.ComponentName() == name)?.SetValue(this, value);
            }
        }
    }
}
