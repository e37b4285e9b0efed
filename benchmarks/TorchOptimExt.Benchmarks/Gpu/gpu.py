"""Microseconds of a synchronized step of PyTorch's optimizers on CUDA: case, optimizer, variant, time, with tabs between."""
import sys
import time

import torch

if not torch.cuda.is_available():
    sys.exit("this PyTorch finds no CUDA device")


def resnet18():
    shapes = [[64, 3, 7, 7], [64], [64]]
    before = 64
    for width in (64, 128, 256, 512):
        for inputs, side in [(before, 3), (width, 3)] + ([(before, 1)] if width != before else []) + [(width, 3), (width, 3)]:
            shapes += [[width, inputs, side, side], [width], [width]]
        before = width
    return shapes + [[1000, 512], [1000]]


def gpt2():
    layer = [[768], [768], [2304, 768], [2304], [768, 768], [768], [768], [768], [3072, 768], [3072], [768, 3072], [768]]
    return [[50257, 768], [1024, 768]] + 12 * layer + [[768], [768]]


CASES = {
    "mlp-203k": [[256, 784], [256], [10, 256], [10]],
    "500x1000": 500 * [[1000]],
    "resnet18": resnet18(),
    "10M": [[10_000_000]],
    "gpt2-124M": gpt2(),
}
OPTIMIZERS = {
    "Adam": (torch.optim.Adam, ("foreach", "fused")),
    "Adadelta": (torch.optim.Adadelta, ("foreach",)),
    "RMSProp": (torch.optim.RMSprop, ("foreach",)),
    "Rprop": (torch.optim.Rprop, ("foreach",)),
}
CASES["gpt2-124M, bfloat16"] = gpt2()
for case, shapes in CASES.items():
    dtype = torch.bfloat16 if case.endswith("bfloat16") else torch.float32
    parameters = [torch.nn.Parameter(torch.randn(shape, device="cuda", dtype=dtype)) for shape in shapes]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    for name, (make, variants) in OPTIMIZERS.items():
        for variant in variants:
            optimizer = make(parameters, **{variant: True})
            for _ in range(3):
                optimizer.step()
            torch.cuda.synchronize()
            times, begin = [], time.perf_counter()
            while time.perf_counter() - begin < 0.4 or len(times) < 5:
                start = time.perf_counter()
                optimizer.step()
                torch.cuda.synchronize()
                times.append(time.perf_counter() - start)
            print(case, name, variant, f"{1e6 * sorted(times)[len(times) // 2]:.1f}", sep="\t", flush=True)
