"""Times steps of PyTorch's optimizers on request: one JSON object a line in, one list of milliseconds a line out.

{"threads": 2, "optimizer": "Adam(p)", "shapes": [[784, 256], [256]]} makes an optimizer; {"steps": 5} runs five steps.
"""
import json
import sys
import time

import torch


def prepare(threads, optimizer, shapes):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    parameters = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    for parameter in parameters:
        parameter.grad = torch.randn(parameter.shape)
    return eval(optimizer, vars(torch.optim), {"p": parameters})


def milliseconds(optimizer):
    start = time.perf_counter()
    optimizer.step()
    return 1000 * (time.perf_counter() - start)


print(torch.__version__, flush=True)
current = None
for line in sys.stdin:
    request = json.loads(line)
    if "steps" in request:
        print([milliseconds(current) for _ in range(request["steps"])], flush=True)
    else:
        current = None
        current = prepare(**request)
        print([], flush=True)
