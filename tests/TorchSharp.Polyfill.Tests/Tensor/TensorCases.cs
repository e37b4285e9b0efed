using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

/// <summary>The expressions of References/tensor.py, by name; x gives the operands.</summary>
internal static class TensorCases
{
    internal static readonly Dictionary<string, Func<Func<string, Tensor>, Tensor[]>> All = new()
    {
        ["arithmetic"] = x => { var (a, b, p) = (x("a"), x("b"), x("p")); return [a + b, a - b, a * b, a / b, -a, a + 2, 2 - a, 2 / p, a * 3, a % b, a % 0.7]; },
        ["alpha"] = x => { var (a, b, p) = (x("a"), x("b"), x("p")); return [a.add(b, 0.3), a.addcmul(b, b, 0.5), a.addcdiv(b, p, -0.5), a.lerp(b, full_like(a, 0.25))]; },
        ["division modes"] = x => [x("a").div(x("b"), RoundingMode.floor), x("a").div(x("b"), RoundingMode.trunc), x("i").div(2, RoundingMode.floor)],
        ["integers"] = x => { var i = x("i"); return [i + 1, i * i, i / 2, i & tensor(1L), i | tensor(4L), i ^ tensor(3L), ~i]; },
        ["powers"] = x => { var (a, b, p) = (x("a"), x("b"), x("p")); return [p.pow(2.5), p.pow(b), p.sqrt(), p.rsqrt(), a.square(), p.reciprocal(), p.log(), p.log1p(), p.log2(), p.log10(), a.exp(), a.expm1()]; },
        ["trigonometry"] = x => { var (a, b) = (x("a"), x("b")); return [a.sin(), a.cos(), a.tan(), a.sinh(), a.cosh(), a.tanh(), a.atan(), atan2(a, b), a.sigmoid(), a.erf()]; },
        ["rounding"] = x => { var a = x("a"); return [a.floor(), a.ceil(), a.trunc(), a.frac(), a.abs(), a.sign(), x("special").sign()]; },
        ["comparison"] = x => { var (a, b) = (x("a"), x("b")); return [a == b, a != b, a < b, a <= 0, a > b, a >= 0.5, 0 < a]; },
        ["logic"] = x => { var (m, c) = (x("mask"), x("b") > 0); return [m & c, m | c, m ^ c, ~m, m.logical_not(), m.any(), m.all(), m.any(1), m.all(0, keepdim: true)]; },
        ["special values"] = x => { var s = x("special"); return [s.isnan(), s.isinf(), s.isfinite(), s.maximum(zeros_like(s)), s.clamp(-1, 1)]; },
        ["clamp"] = x => { var (a, b) = (x("a"), x("b")); return [a.clamp(-0.5, 0.5), a.clamp(min: (Scalar)0), a.clamp(max: (Scalar)0), a.maximum(b), a.minimum(b), a.clamp_min(0.1), a.clamp_max(0.1)]; },
        ["selection"] = x => { var (a, b, mask) = (x("a"), x("b"), x("mask")); return [where(mask, a, b), a.masked_fill(mask, -1), a.masked_select(mask), a.index_select(0, x("k")), a.gather(1, x("i")), a.nonzero()]; },
        ["reductions"] = x => { var a = x("a"); return [a.sum(), a.sum(1), a.sum([0, 1]), a.mean(), a.mean([0], keepdim: true), a.prod(), a.std(), a.std(0), a.var(), a.var(1, unbiased: false), a.norm(), a.norm(1f), a.norm(1, p: 2), a.logsumexp(1), a.cumsum(0), x("i").sum(), x("mask").sum(), a.count_nonzero()]; },
        ["extremes"] = x => { var a = x("a"); var (u, v) = a.max(1); var (s, t) = a.min(0); return [a.max(), a.min(), u, v, s, t, a.argmax(), a.argmin(1), a.amax(0, 1), a.amin(0), a.median()]; },
        ["order"] = x => { var a = x("a"); var (u, v) = a.sort(1); var (s, t) = a.sort(0, descending: true); var (top, at) = a.topk(2, 1); return [u, v, s, t, a.argsort(1), top, at, x("i").flatten().bincount(null)]; },
        ["shape"] = x => { var (a, v, m) = (x("a"), x("v"), x("m")); return [a.view(4, 3), a.reshape(2, -1), a.flatten(), a.t(), a.T, a.transpose(0, 1), a.unsqueeze(1), a.unsqueeze(0).squeeze(0), a.permute(1, 0), v.expand(3, 4), v.repeat(2, 2), a.flip(0), a.narrow(1, 1, 2), a.diagonal(), v.diag(), m.tril(), m.triu(1), .. a.split(2), .. a.chunk(2, 1), .. a.unbind(1)]; },
        ["indexing"] = x => { var (a, k) = (x("a"), x("k")); return [a[1], a[1, 2], a[TensorIndex.Colon, 1], a[TensorIndex.Ellipsis, -1], a[TensorIndex.Slice(0, 2)], a[TensorIndex.Colon, TensorIndex.Slice(1, 3)], a[TensorIndex.Slice(step: 2)], a[TensorIndex.None].sum(0L), a[k], a[k, k], a[x("mask")], a[-1], a[1, 1..]]; },
        ["joining"] = x => { var (a, b) = (x("a"), x("b")); return [cat([a, b]), cat([a, b], 1), stack([a, b], 1), hstack(a, b), vstack([a, b]), block_diag(a, x("m"))]; },
        ["products"] = x => { var (a, b, m, v) = (x("a"), x("b"), x("m"), x("v")); return [matmul(a, m), a.mm(m), a.mv(v), v.dot(v), outer(v, v), kron(a, m), a.matmul(v), einsum("ij,kj->ik", a, b), a.unsqueeze(0).bmm(m.unsqueeze(0)), a.addmm(b, m)]; },
        ["linear algebra"] = x =>
        {
            var (a, m, spd) = (x("a"), x("m"), x("spd"));
            var (factor, info) = linalg.cholesky_ex(spd);
            return [linalg.cholesky(spd), factor, info, linalg.solve(m, a.T), linalg.inv(m), linalg.det(m), linalg.eigvalsh(spd), linalg.eigvals(m).abs().sort().Values, linalg.svd(a).S, linalg.qr(m).R.abs(), linalg.matrix_rank(m), linalg.pinv(a), linalg.vector_norm(a), a.T.cholesky_solve(factor), m.trace(), m.inverse(), linalg.solve_triangular(factor, a.T, upper: false)];
        },
        ["factories"] = x => [zeros(2, 3), ones(2, 3, dtype: float64), full(2, 2, 7), full(2, 2, 0.5), eye(3), eye(2, 3), arange(5), arange(1, 2, 0.25), linspace(0, 1, 5), zeros_like(x("i")), full_like(x("a"), 3)],
        ["conversion"] = x => { var a = x("a"); return [a.@float(), a.@int(), x("i").@double(), x("mask").@float(), a.half().@double(), a.bfloat16().@double(), a.@bool()]; },
        ["softmax"] = x => [x("a").softmax(1), x("a").log_softmax(0)],
        ["in place"] = x => { var (a, b, mask) = (x("a"), x("b"), x("mask")); return [a.clone().add_(b).mul_(2).sub_(1).div_(3), a.clone().addcmul_(b, b, 2), a.clone().clamp_(-1, 1).neg_(), x("p").clone().sqrt_().log_(), a.clone().zero_(), a.clone().fill_(2), a.clone().masked_fill_(mask, 0)]; },
    };

    /// <summary>What is random, drawn in this order after torch.manual_seed(7).</summary>
    internal static readonly (string name, Func<Tensor> draw)[] Seeded =
    [
        ("rand", () => rand(5, 3)), ("randn", () => randn(20)), ("randn in float64", () => randn(5, dtype: float64)), ("randint", () => randint(3, 9, [6L])), ("randperm", () => randperm(9)),
        ("uniform_", () => empty(4).uniform_(-1, 2)), ("normal_", () => empty(4).normal_(1, 2)), ("bernoulli_", () => empty(9).bernoulli_(0.3)), ("multinomial", () => tensor(new float[] { 1, 2, 3 }).multinomial(6, true)),
    ];
}
