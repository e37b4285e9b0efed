#!/usr/bin/env python3
"""Writes nn.json: what PyTorch computes in torch.nn. Run again with: python3 nn.py  (PyTorch 1.13.1, Debian's python3-torch)

A case of "modules" or "functions" holds inputs, state (parameters and buffers before), output, the gradients of the sum of
the output's squares with respect to inputs and parameters, and the buffers after. A case of "seeded" holds what the
random numbers after torch.manual_seed(1) make, in float32.
"""
import json
import os

import torch
import torch.nn.functional as F
from torch import nn


def listed(tensor):
    return {"shape": list(tensor.shape), "type": str(tensor.dtype).removeprefix("torch."), "values": tensor.detach().flatten().tolist()}


def named(tensors):
    return {name: listed(tensor) for name, tensor in tensors}


def record(compute, inputs, module=None):
    inputs = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    case = {"inputs": [listed(x) for x in inputs], "state": named(module.state_dict().items()) if module else {}}
    output = compute(*inputs)
    case["output"] = listed(output)
    parameters = dict(module.named_parameters()) if module else {}
    if output.requires_grad:
        (output * output).sum().backward()
    case["inputGrads"] = [listed(x.grad) if x.grad is not None else None for x in inputs]
    case["grads"] = named((name, p.grad) for name, p in parameters.items() if p.grad is not None)
    case["buffers"] = named(module.named_buffers()) if module else {}
    return case


def module(name, made, *inputs):
    made = made.double()
    for p in made.parameters():
        p.data += 0.1 * torch.randn_like(p)
    # A loss's weights are buffers here, and plain properties in TorchSharp.
    modules[name] = record(made, inputs, None if isinstance(made, nn.modules.loss._Loss) else made)


def function(name, compute, *inputs):
    functions[name] = record(compute, inputs)


def seeded(name, make):
    torch.manual_seed(1)
    seededs[name] = [listed(x) for x in make()]


modules, functions, seededs = {}, {}, {}
torch.manual_seed(0)
rand = lambda *shape: torch.randn(*shape, dtype=torch.float64)
line, image = rand(3, 4), rand(2, 4, 4, 3)
wave = rand(2, 4, 6)

module("Linear", nn.Linear(4, 3), line)
module("Linear without bias", nn.Linear(4, 3, bias=False), line)
module("Conv1d", nn.Conv1d(4, 3, 3, stride=2, padding=1), wave)
module("Conv1d same", nn.Conv1d(4, 3, 3, padding="same", dilation=2), wave)
module("Conv1d circular", nn.Conv1d(4, 3, 3, padding=1, padding_mode="circular"), wave)
module("Conv2d", nn.Conv2d(4, 3, 3, stride=2, padding=1), image)
module("Conv2d unbatched", nn.Conv2d(4, 3, 3), image[0])
module("Conv2d pairs", nn.Conv2d(4, 2, (3, 2), stride=(1, 2), padding=(2, 1), dilation=(2, 1), groups=2, bias=False), image)
module("Conv2d same", nn.Conv2d(4, 3, 3, padding="same"), image)
module("Conv2d valid pairs", nn.Conv2d(4, 3, (3, 2), padding="valid"), image)
module("Conv2d reflect", nn.Conv2d(4, 3, 3, padding=(2, 1), padding_mode="reflect"), image)
module("Conv2d replicate", nn.Conv2d(4, 3, 3, padding=1, padding_mode="replicate"), image)
module("MaxPool2d", nn.MaxPool2d(2), image)
module("MaxPool2d pairs", nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), ceil_mode=True), image)
module("AvgPool2d", nn.AvgPool2d(2), image)
module("AvgPool2d pairs", nn.AvgPool2d((3, 2), stride=(2, 1), padding=(1, 1), count_include_pad=False), image)
module("AvgPool2d divisor", nn.AvgPool2d(2, divisor_override=3), image)
module("AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d((3, 2)), image)
module("BatchNorm1d", nn.BatchNorm1d(4), line)
module("BatchNorm1d of waves, evaluating", nn.BatchNorm1d(4).eval(), wave)
module("BatchNorm2d", nn.BatchNorm2d(4, momentum=0.3), image)
module("BatchNorm2d bare", nn.BatchNorm2d(4, affine=False, track_running_stats=False).eval(), image)
module("LayerNorm", nn.LayerNorm(4), line)
module("LayerNorm of images", nn.LayerNorm([4, 3], elementwise_affine=False), image)
module("Dropout, evaluating", nn.Dropout(0.3).eval(), line)
module("Flatten", nn.Flatten(), image)
module("Unflatten", nn.Unflatten(1, (2, 2)), image)
module("Identity", nn.Identity(), line)
module("Embedding", nn.Embedding(5, 3, padding_idx=2), torch.tensor([[0, 2], [4, 0]]))
module("Embedding within a norm", nn.Embedding(5, 3, max_norm=1.0), torch.tensor([1, 3, 3]))
for name, made in {
    "ReLU": nn.ReLU(), "LeakyReLU": nn.LeakyReLU(0.2), "Sigmoid": nn.Sigmoid(), "Tanh": nn.Tanh(), "GELU": nn.GELU(), "ELU": nn.ELU(0.7),
    "SiLU": nn.SiLU(), "Softplus": nn.Softplus(2, 1), "Softmax": nn.Softmax(1), "LogSoftmax": nn.LogSoftmax(0),
}.items():
    module(name, made, line)
module("Sequential", nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Sequential(nn.Linear(6, 2), nn.Tanh())), line)

classes, weight, other = torch.tensor([1, 3, 0]), rand(4).abs(), rand(3, 4)
truth, share = (other > 0).double(), torch.sigmoid(line)
module("CrossEntropyLoss", nn.CrossEntropyLoss(), line, classes)
module("CrossEntropyLoss weighted, ignoring, smoothed", nn.CrossEntropyLoss(weight, ignore_index=3, label_smoothing=0.1), line, classes)
module("CrossEntropyLoss of shares, summed", nn.CrossEntropyLoss(reduction="sum"), line, torch.softmax(other, 1))
module("NLLLoss", nn.NLLLoss(), line, classes)
module("NLLLoss weighted", nn.NLLLoss(weight, reduction="none"), line, classes)
module("BCELoss", nn.BCELoss(), share, truth)
module("BCELoss weighted", nn.BCELoss(weight, reduction="sum"), share, truth)
module("BCEWithLogitsLoss", nn.BCEWithLogitsLoss(), line, truth)
module("BCEWithLogitsLoss weighted", nn.BCEWithLogitsLoss(weight, reduction="none", pos_weight=weight + 1), line, truth)
module("MSELoss", nn.MSELoss(), line, other)
module("MSELoss summed", nn.MSELoss(reduction="sum"), line, other)
module("L1Loss", nn.L1Loss(), line, other)
module("SmoothL1Loss", nn.SmoothL1Loss(beta=0.5), line, other)
module("HuberLoss", nn.HuberLoss(delta=0.5, reduction="none"), line, other)

function("class weights", lambda x: x, weight)
function("relu6", F.relu6, 4 * line)
function("selu", F.selu, line)
function("logsigmoid", F.logsigmoid, line)
function("softmax in float", lambda x: F.softmax(x, 1, dtype=torch.float32).double(), line)
function("normalize", lambda x: F.normalize(x, 3, 0), line)
function("one_hot", lambda x: F.one_hot(x, 5), classes)
function("one_hot of what is there", F.one_hot, classes)
function("pad", lambda x: F.pad(x, (1, 2, 0, 1), value=0.5), line)
function("pad circular", lambda x: F.pad(x, (1, 2), mode="circular"), wave)
function("mse_loss of other shapes", lambda x, y: F.mse_loss(x, y), line, other[:1])
function("max_pool2d", lambda x: F.max_pool2d(x, 3, 2, 1), image)
function("avg_pool2d", lambda x: F.avg_pool2d(x, (2, 3), (1, 2), (1, 1)), image)
function("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, 2), image)
function("batch_norm", lambda x, m, v: F.batch_norm(x, m.detach(), v.detach()), line, rand(4), rand(4).abs())
function("conv2d", lambda x, w: F.conv2d(x, w, padding=1), image, rand(2, 4, 3, 3))

parameters = lambda made: list(made.parameters())
filled = lambda fill, *shape: [fill(torch.empty(*shape))]
seeded("Linear", lambda: parameters(nn.Linear(7, 5)))
seeded("Conv1d", lambda: parameters(nn.Conv1d(4, 6, 3)))
seeded("Conv2d", lambda: parameters(nn.Conv2d(4, 6, (3, 5), groups=2)))
seeded("Embedding", lambda: parameters(nn.Embedding(4, 3, padding_idx=1)))
seeded("Sequential", lambda: parameters(nn.Sequential(nn.Linear(4, 20), nn.BatchNorm1d(20), nn.Linear(20, 2))))
seeded("dropout", lambda: [F.dropout(torch.ones(40), 0.3)])
seeded("uniform_", lambda: filled(lambda t: nn.init.uniform_(t, -2, 3), 5, 4))
seeded("normal_", lambda: filled(lambda t: nn.init.normal_(t, 1, 2), 5, 4))
seeded("xavier_uniform_", lambda: filled(lambda t: nn.init.xavier_uniform_(t, 1.5), 5, 4))
seeded("kaiming_uniform_", lambda: filled(lambda t: nn.init.kaiming_uniform_(t, 0.1), 5, 4, 3))
seeded("kaiming_normal_", lambda: filled(lambda t: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"), 5, 4))
seeded("orthogonal_ wide", lambda: filled(lambda t: nn.init.orthogonal_(t, 2), 3, 5))
seeded("orthogonal_ tall", lambda: filled(lambda t: nn.init.orthogonal_(t), 5, 3))
seeded("eye_", lambda: filled(nn.init.eye_, 3, 4))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "nn.json"), "w") as out:
    out.write("{\n")
    kinds = {"modules": modules, "functions": functions, "seeded": seededs}
    out.write(",\n".join(f'"{kind}": {{\n' + ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items()) + "\n}" for kind, cases in kinds.items()))
    out.write("\n}\n")
