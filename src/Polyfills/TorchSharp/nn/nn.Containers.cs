using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
        public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);

        public static Sequential Sequential() => new();
        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);
        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);
        public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) => Sequential((IEnumerable<Tuple<string, Module<Tensor, Tensor>>>)modules);
        public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => modules.Aggregate(new Sequential(), (all, module) => all.append(module));
        public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => modules.Aggregate(new Sequential(), (all, entry) => all.append(entry.name, entry.submodule));
        public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) => Sequential(modules.Select(entry => (entry.Item1, entry.Item2)));
    }
}
