#!/usr/bin/env python3
"""Writes tensor.json: what PyTorch's tensor operators compute. Run again with: python3 tensor.py  (PyTorch 1.13.1, Debian's python3-torch)

"inputs" are the operands by name; each of "cases" lists the results of one expression of them, which TensorCases.cs writes in C#.
"""
import json
import os

import torch

torch.manual_seed(0)
d = dict(dtype=torch.float64)
a, b = torch.randn(3, 4, **d), torch.randn(3, 4, **d)
p = a.abs() + 0.5
m = torch.randn(4, 4, **d)
spd = m @ m.T + torch.eye(4, **d)
i = torch.randint(0, 3, (3, 4))
k = torch.tensor([2, 0, 1])
v = torch.randn(4, **d)
mask = a > 0
special = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 0.0, 1.5], **d)
inputs = dict(a=a, b=b, p=p, m=m, spd=spd, i=i, k=k, v=v, mask=mask, special=special)

cases = {
    "arithmetic": [a + b, a - b, a * b, a / b, -a, a + 2, 2 - a, 2 / p, a * 3, a % b, a % 0.7],
    "alpha": [a.add(b, alpha=0.3), a.addcmul(b, b, value=0.5), a.addcdiv(b, p, value=-0.5), a.lerp(b, torch.full_like(a, 0.25))],
    "division modes": [torch.div(a, b, rounding_mode="floor"), torch.div(a, b, rounding_mode="trunc"), torch.div(i, 2, rounding_mode="floor")],
    "integers": [i + 1, i * i, i / 2, i & 1, i | 4, i ^ 3, ~i],
    "powers": [p.pow(2.5), p.pow(b), p.sqrt(), p.rsqrt(), a.square(), p.reciprocal(), p.log(), p.log1p(), p.log2(), p.log10(), a.exp(), a.expm1()],
    "trigonometry": [a.sin(), a.cos(), a.tan(), a.sinh(), a.cosh(), a.tanh(), a.atan(), torch.atan2(a, b), a.sigmoid(), a.erf()],
    "rounding": [a.floor(), a.ceil(), a.trunc(), a.frac(), a.abs(), a.sign(), special.sign()],
    "comparison": [a == b, a != b, a < b, a <= 0, a > b, a >= 0.5, 0 < a],
    "logic": [mask & (b > 0), mask | (b > 0), mask ^ (b > 0), ~mask, mask.logical_not(), mask.any(), mask.all(), mask.any(1), mask.all(0, keepdim=True)],
    "special values": [special.isnan(), special.isinf(), special.isfinite(), special.maximum(torch.zeros_like(special)), special.clamp(-1, 1)],
    "clamp": [a.clamp(-0.5, 0.5), a.clamp(min=0), a.clamp(max=0), a.maximum(b), a.minimum(b), a.clamp_min(0.1), a.clamp_max(0.1)],
    "selection": [torch.where(mask, a, b), a.masked_fill(mask, -1), a.masked_select(mask), a.index_select(0, k), a.gather(1, i), a.nonzero()],
    "reductions": [a.sum(), a.sum(1), a.sum((0, 1)), a.mean(), a.mean(0, keepdim=True), a.prod(), a.std(), a.std(0), a.var(), a.var(1, unbiased=False), a.norm(), a.norm(1), a.norm(2, 1), a.logsumexp(1), a.cumsum(0), i.sum(), mask.sum(), a.count_nonzero()],
    "extremes": [a.max(), a.min(), *a.max(1), *a.min(0), a.argmax(), a.argmin(1), a.amax((0, 1)), a.amin(0), a.median()],
    "order": [*a.sort(1), *a.sort(0, descending=True), a.argsort(1), *a.topk(2, 1), i.flatten().bincount()],
    "shape": [a.view(4, 3), a.reshape(2, -1), a.flatten(), a.t(), a.T, a.transpose(0, 1), a.unsqueeze(1), a.unsqueeze(0).squeeze(0), a.permute(1, 0), v.expand(3, 4), v.repeat(2, 2), a.flip(0), a.narrow(1, 1, 2), a.diagonal(), v.diag(), m.tril(), m.triu(1), *a.split(2), *a.chunk(2, 1), *a.unbind(1)],
    "indexing": [a[1], a[1, 2], a[:, 1], a[..., -1], a[0:2], a[:, 1:3], a[::2], a[None].sum(0), a[k], a[k, k], a[mask], a[-1], a[1, 1:]],
    "joining": [torch.cat([a, b]), torch.cat([a, b], 1), torch.stack([a, b], 1), torch.hstack([a, b]), torch.vstack([a, b]), torch.block_diag(a, m)],
    "products": [a @ m, a.mm(m), a.mv(v), v.dot(v), torch.outer(v, v), torch.kron(a, m), a.matmul(v), torch.einsum("ij,kj->ik", a, b), a.unsqueeze(0).bmm(m.unsqueeze(0)), torch.addmm(a, b, m)],
    "linear algebra": [torch.linalg.cholesky(spd), *torch.linalg.cholesky_ex(spd), torch.linalg.solve(m, a.T), torch.linalg.inv(m), torch.linalg.det(m), torch.linalg.eigvalsh(spd), torch.linalg.eigvals(m).abs().sort()[0], torch.linalg.svd(a)[1], torch.linalg.qr(m)[1].abs(), torch.linalg.matrix_rank(m), torch.linalg.pinv(a), torch.linalg.vector_norm(a), a.T.cholesky_solve(torch.linalg.cholesky(spd)), m.trace(), m.inverse(), torch.linalg.solve_triangular(torch.linalg.cholesky(spd), a.T, upper=False)],
    "factories": [torch.zeros(2, 3), torch.ones(2, 3, **d), torch.full((2, 2), 7), torch.full((2, 2), 0.5), torch.eye(3), torch.eye(2, 3), torch.arange(5), torch.arange(1, 2, 0.25), torch.linspace(0, 1, 5), torch.zeros_like(i), torch.full_like(a, 3)],
    "conversion": [a.float(), a.int(), i.double(), mask.float(), a.half().double(), a.bfloat16().double(), a.bool()],
    "softmax": [a.softmax(1), a.log_softmax(0)],
    "in place": [a.clone().add_(b).mul_(2).sub_(1).div_(3), a.clone().addcmul_(b, b, value=2), a.clone().clamp_(-1, 1).neg_(), p.clone().sqrt_().log_(), a.clone().zero_(), a.clone().fill_(2), a.clone().masked_fill_(mask, 0)],
}


def listed(t):
    kind = str(t.dtype).removeprefix("torch.")
    values = [None if x != x else ("inf" if x > 0 else "-inf") if x in (float("inf"), -float("inf")) else x for x in t.detach().double().flatten().tolist()]
    return {"shape": list(t.shape), "type": kind, "values": values}


torch.manual_seed(7)
seeded = {
    "rand": torch.rand(5, 3), "randn": torch.randn(20), "randn in float64": torch.randn(5, **d), "randint": torch.randint(3, 9, (6,)), "randperm": torch.randperm(9),
    "uniform_": torch.empty(4).uniform_(-1, 2), "normal_": torch.empty(4).normal_(1, 2), "bernoulli_": torch.empty(9).bernoulli_(0.3), "multinomial": torch.tensor([1.0, 2, 3]).multinomial(6, True),
}
text = json.dumps({"inputs": {n: listed(t) for n, t in inputs.items()}, "cases": {n: [listed(t) for t in ts] for n, ts in cases.items()}, "seeded": {n: listed(t) for n, t in seeded.items()}})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tensor.json"), "w") as f:
    f.write(text + "\n")
