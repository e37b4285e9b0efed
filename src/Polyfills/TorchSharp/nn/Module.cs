using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The base of all modules: a named tree of parameters, buffers and submodules.</summary>
        public partial class Module : IDisposable
        {
            protected string? name;
            protected OrderedDict<string, Module> _internal_submodules = new();
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();
            protected OrderedDict<string, Parameter> _internal_params = new();
            private bool isTraining = true, isRegistered, isDisposed;

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name!;

            public virtual bool training => isTraining;

            public virtual void train(bool train = true)
            {
                isTraining = train;
                foreach (var child in children()) child.train(train);
            }

            public virtual void eval() => train(false);

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in children()) child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    using var grad = parameter.grad;
                    if (set_to_none) parameter.grad = null;
                    else grad?.zero_();
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || isDisposed) return;
                isDisposed = true;
                foreach (var buffer in buffers(false)) buffer.Dispose();
                foreach (var parameter in parameters(false)) parameter.Dispose();
                foreach (var child in children()) child.Dispose();
            }
        }
    }
}
