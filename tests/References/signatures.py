#!/usr/bin/python3
"""Writes the names and defaults of the arguments of PyTorch's optimizers and schedules, beside this file: signatures.json.

    python3 signatures.py        (needs PyTorch 1.13 or later; Debian: apt-get install python3-torch)

An argument without a default has null; pairs of numbers are lists.
"""
import inspect
import json
import os
from torch import optim

HERE = os.path.dirname(os.path.abspath(__file__))
HOW = {"self", "params", "optimizer", "foreach", "capturable", "differentiable", "fused", "verbose"}     # what it is given, and how it computes


def default(parameter):
    value = parameter.default
    return None if value is inspect.Parameter.empty or type(value).__name__.startswith("_Required") else value


def signatures(module, parent):
    for name, kind in vars(module).items():
        if inspect.isclass(kind) and issubclass(kind, parent) and kind.__module__.startswith("torch.optim.") and name[0] != "_" and name != "Optimizer":
            arguments = inspect.signature(kind.__init__).parameters
            yield name, {a: default(p) for a, p in arguments.items() if a not in HOW}


with open(os.path.join(HERE, "signatures.json"), "w") as file:
    json.dump({"optimizers": dict(sorted(signatures(optim, optim.Optimizer))),
               "schedules": dict(sorted(signatures(optim.lr_scheduler, object)))}, file, indent=1)
    file.write("\n")
