using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
                => Distinct(_internal_params, recurse, child => child.named_parameters());

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            // TorchSharp never lists a buffer that is not persistent, whatever include_nonpersistent says.
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
                => Distinct(_internal_buffers.Keys.Where(name => _internal_buffers[name].Item2).Select(name => (name, _internal_buffers[name].Item1)), recurse, child => child.named_buffers());

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true)
                => named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            public virtual IEnumerable<Module> children() => named_children().Select(entry => entry.module);

            /// <summary>All modules below this one: its children first, then what is below each of them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
                => named_children().Concat(named_children().SelectMany(child => child.module.named_modules().Select(below => ($"{child.name}.{below.name}", below.module))));

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual Parameter? get_parameter(string target)
                => RegisteredParameter(target) ?? (Below(target) is var (child, rest) ? child.get_parameter(rest) : null);

            public virtual Tensor? get_buffer(string target)
                => RegisteredBuffer(target) ?? (Below(target) is var (child, rest) ? child.get_buffer(rest) : null);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            private (Module, string)? Below(string target)
                => target.Split('.', 2) is [var first, var rest] && named_children().FirstOrDefault(child => child.name == first).module is { } found ? (found, rest) : null;

            // A tensor that is shared by two modules is listed once, under its first name.
            private IEnumerable<(string, T)> Distinct<T>(IEnumerable<(string, T)> own, bool recurse, Func<Module, IEnumerable<(string, T)>> below) where T : Tensor
            {
                var deeper = recurse ? named_children().SelectMany(child => below(child.module).Select(entry => ($"{child.name}.{entry.Item1}", entry.Item2))) : [];
                return own.Concat(deeper).DistinctBy(entry => entry.Item2.Handle);
            }
        }
    }
}
