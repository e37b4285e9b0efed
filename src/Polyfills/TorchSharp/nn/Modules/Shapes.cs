namespace TorchSharp.Modules;

public sealed class Identity : ParameterLessModule<Tensor, Tensor>
{
    internal Identity() : base(nameof(Identity)) { }

    public override Tensor forward(Tensor tensor) => tensor.alias();
}

public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
{
    internal Flatten(long start_dim, long end_dim) : base(nameof(Flatten)) => (this.start_dim, this.end_dim) = (start_dim, end_dim);

    public long start_dim { get; set; }
    public long end_dim { get; set; }

    public override Tensor forward(Tensor input) => Op.Call("flatten.using_ints", input, start_dim, end_dim);
}

public sealed class Unflatten : ParameterLessModule<Tensor, Tensor>
{
    internal Unflatten(long dim, long[] unflattened_size) : base(nameof(Unflatten)) => (this.dim, this.unflattened_size) = (dim, unflattened_size);

    public long dim { get; set; }
    public long[] unflattened_size { get; set; }

    public override Tensor forward(Tensor tensor) => Op.Call("unflatten.int", tensor, dim, unflattened_size);
}
