using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                if (_internal_params.ContainsKey(name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                _internal_params.Add(name, param);
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                if (_internal_buffers.ContainsKey(name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                _internal_buffers.Add(name, (tensor, persistent));
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.isDisposed)
                {
                    _internal_submodules.Remove(name);
                    return;
                }
                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (string.IsNullOrEmpty(name)) throw new ArgumentException("module name can't be empty string \"\"");
                if (_internal_submodules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            /// <summary>Registers every field that holds a module, a parameter or a tensor, under its name.</summary>
            protected virtual void RegisterComponents()
            {
                if (isRegistered) return;
                foreach (var field in Fields())
                {
                    var name = field.ComponentName();
                    if (_internal_submodules.ContainsKey(name) || _internal_params.ContainsKey(name) || _internal_buffers.ContainsKey(name)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(name, module); break;
                        case Parameter parameter: register_parameter(name, parameter); break;
                        case Tensor tensor: register_buffer(name, tensor); break;
                    }
                }
                isRegistered = true;
            }

            protected void ConditionallyRegisterParameter(string name, Tensor value) => ConditionallyRegisterParameter(name, value as Parameter);

            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null) _internal_params.Remove(name);
                else _internal_params[name] = value;
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null) _internal_buffers.Remove(name);
                else _internal_buffers[name] = (value, persistent);
            }

            protected void ClearModules() => _internal_submodules.Clear();

            // The built-in modules keep their tensors in the registry alone: these are their properties.
            private protected Parameter? RegisteredParameter(string name) => _internal_params.TryGetValue(name, out var value) ? value : null;

            private protected void Register(string name, Parameter? value)
            {
                if (RegisteredParameter(name) is { } old && !ReferenceEquals(old, value)) old.Dispose();
                value?.DetachFromDisposeScope();
                ConditionallyRegisterParameter(name, value);
            }

            private protected Tensor? RegisteredBuffer(string name) => _internal_buffers.TryGetValue(name, out var entry) ? entry.Item1 : null;

            private protected void RegisterBuffer(string name, Tensor? value)
            {
                if (RegisteredBuffer(name) is { } old && !ReferenceEquals(old, value)) old.Dispose();
                value?.DetachFromDisposeScope();
                ConditionallyRegisterBuffer(name, value);
            }

            /// <summary>The fields of this module's class and of its bases below TorchSharp's own.</summary>
            private IEnumerable<FieldInfo> Fields()
            {
                var seen = new HashSet<string>();
                for (var type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                    foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                        if (seen.Add(field.Name)) yield return field;
            }
        }
    }
}
