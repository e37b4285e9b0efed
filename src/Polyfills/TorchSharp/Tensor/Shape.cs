namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Op.Call("view", this, shape);
        public Tensor view_as(Tensor other) => Op.Call("view_as", this, other);
        public Tensor reshape(params long[] shape) => Op.Call("reshape", this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Op.Call("flatten.using_ints", this, start_dim, end_dim);
        public Tensor unflatten(long dim, params long[] sizes) => Op.Call("unflatten.int", this, dim, sizes);
        public Tensor squeeze(long? dim = null) => dim is { } d ? Op.Call("squeeze.dim", this, d) : Op.Call("squeeze", this);
        public Tensor unsqueeze(long dim) => Op.Call("unsqueeze", this, dim);
        public Tensor transpose(long dim0, long dim1) => Op.Call("transpose.int", this, dim0, dim1);
        public Tensor permute(params long[] permutation) => Op.Call("permute", this, permutation);
        public Tensor T => Op.Call("numpy_T", this);
        public Tensor expand(params long[] sizes) => Op.Call("expand", this, sizes);
        public Tensor expand_as(Tensor other) => Op.Call("expand_as", this, other);
        public Tensor repeat(params long[] sizes) => Op.Call("repeat", this, sizes);
        public Tensor flip(params long[] dims) => Op.Call("flip", this, dims);
        public Tensor narrow(long dim, long start, long length) => Op.Call("narrow", this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Op.Call("slice.Tensor", this, dim, start, finish, step);
        public Tensor select(long dim, long index) => Op.Call("select.int", this, dim, index);
        public Tensor[] split(long size, int dim = 0) => Op.Many("split.Tensor", this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Op.Many("split_with_sizes", this, sizes, dim);
        public Tensor[] chunk(long chunks, long dim = 0) => Op.Many("chunk", this, chunks, dim);
        public Tensor[] unbind(long dimension = 0) => Op.Many("unbind.int", this, dimension);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Op.Call("as_strided", this, size, strides, storageOffset);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Op.Call("diagonal", this, offset, dim1, dim2);
        public Tensor diag(long diagonal = 0) => Op.Call("diag", this, diagonal);
        public Tensor index_select(long dim, Tensor index) => Op.Call("index_select", this, dim, index);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Op.InPlace("index_add_", this, dim, index, source, alpha);
        public Tensor gather(long dim, Tensor index) => Op.Call("gather", this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Op.Call("scatter.src", this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Op.InPlace("scatter_.src", this, dim, index, src);
        public Tensor masked_select(Tensor mask) => Op.Call("masked_select", this, mask);
        public Tensor alias() => new(Shim.tensor_alias(Handle));
        public Tensor set_(Tensor source) => Op.InPlace("set_.source_Tensor", this, source);
        public Tensor tile(long[] reps) => Op.Call("tile", this, reps);
    }
}
