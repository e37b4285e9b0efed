namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Op.Call("sum", this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Op.Call("sum.dim_IntList", this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Op.Call("sum.dim_IntList", this, dim.ToArray(), keepdim, type);
        public Tensor mean() => Op.Call("mean", this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Op.Call("mean.dim", this, dimensions, keepdim, type);
        public Tensor prod(ScalarType? type = null) => Op.Call("prod", this, type);
        public Tensor std(bool unbiased = true) => Op.Call("std", this, unbiased);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("std.dim", this, dim, unbiased, keepdim);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("std.dim", this, dimensions, unbiased, keepdim);
        public Tensor var(bool unbiased = true) => Op.Call("var", this, unbiased);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("var.dim", this, dim, unbiased, keepdim);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Op.Call("var.dim", this, dimensions, unbiased, keepdim);
        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Op.Two("std_mean", this, unbiased);
        public (Tensor @var, Tensor mean) var_mean(bool unbiased = true) => Op.Two("var_mean", this, unbiased);
        public Tensor max() => Op.Call("max", this);
        public Tensor min() => Op.Call("min", this);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Op.Two("max.dim", this, dim, keepdim);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Op.Two("min.dim", this, dim, keepdim);
        public Tensor amax(params long[] dims) => Op.Call("amax", this, dims);
        public Tensor amin(params long[] dims) => Op.Call("amin", this, dims);
        public Tensor argmax() => Op.Call("argmax", this);
        public Tensor argmax(long dim, bool keepdim = false) => Op.Call("argmax", this, dim, keepdim);
        public Tensor argmin() => Op.Call("argmin", this);
        public Tensor argmin(long dim, bool keepdim = false) => Op.Call("argmin", this, dim, keepdim);
        public Tensor all() => Op.Call("all", this);
        public Tensor all(long dim, bool keepdim = false) => Op.Call("all.dim", this, dim, keepdim);
        public Tensor any() => Op.Call("any", this);
        public Tensor any(long dim, bool keepdim = false) => Op.Call("any.dim", this, dim, keepdim);
        public Tensor norm(float p = 2) => Op.Call("norm.ScalarOpt_dim", this, (double)p, Array.Empty<long>());
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Op.Call("norm.ScalarOpt_dim", this, (double)p, new long[] { dim }, keepdim);
        public Tensor cumsum(long dim, ScalarType? type = null) => Op.Call("cumsum", this, dim, type);
        public Tensor logsumexp(long dim, bool keepdim = false) => Op.Call("logsumexp", this, dim, keepdim);
        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Op.Call("count_nonzero", this) : Op.Call("count_nonzero.dim_IntList", this, dims);
        public Tensor median() => Op.Call("median", this);
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Op.Two("sort.stable", this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => Op.Call("argsort", this, dim, descending);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Op.Two("topk", this, k, dim, largest, sorted);
        public Tensor bincount(Tensor? weights, long minlength = 0) => Op.Call("bincount", this, weights, minlength);
        public Tensor softmax(long dim, ScalarType? dtype = null) => Op.Call("softmax.int", this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Op.Call("log_softmax.int", this, dim, dtype);
    }
}
