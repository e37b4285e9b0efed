namespace TorchSharp.Modules;

/// <summary>A tensor that a module registers by itself, and that optimizers change. It takes over the handle of the tensor that it is made of.</summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true) : base(data.requires_grad_(requires_grad).MoveHandle(), register: false)
        => data.OwningDisposeScope?.Replace(data, this);
}
