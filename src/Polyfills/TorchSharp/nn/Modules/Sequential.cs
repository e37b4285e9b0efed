using System.Runtime.CompilerServices;

namespace TorchSharp.Modules;

public class Sequential : nn.Module<Tensor, Tensor>
{
    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
    {
        foreach (var (name, submodule) in modules) append(name, submodule);
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
    {
        foreach (var module in modules) append(module);
    }

    internal Sequential() : base(nameof(Sequential)) { }

    public int Count => _internal_submodules.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => (nn.IModule<Tensor, Tensor>)_internal_submodules[index].Item2;

    public Sequential append(nn.IModule<Tensor, Tensor> module) => append($"{Count}", module);

    // Not register_module: like TorchSharp, this leaves it to the module itself to register its components.
    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        _internal_submodules.Add(name, (nn.Module)module);
        return this;
    }

    /// <summary>Each module's output is the next one's input, and is disposed when that one has run.</summary>
    public override Tensor forward(Tensor tensor)
    {
        if (Count == 0) return tensor.alias();
        var result = this[0].call(tensor);
        for (var k = 1; k < Count; k++)
        {
            using var before = result;
            result = this[k].call(before);
        }
        return result;
    }
}
