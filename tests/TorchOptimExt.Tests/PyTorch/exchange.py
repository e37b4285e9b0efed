"""PyTorch's side of the exchange tests: python3 exchange.py COMMAND FOLDER."""
import collections
import os
import pickletools
import sys
import zipfile

import torch
import torch.optim.swa_utils

OPTIMIZERS = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "SGD without momentum": lambda p: torch.optim.SGD(p, lr=0.05),
    "Adagrad": lambda p: torch.optim.Adagrad(p, lr=0.05, lr_decay=0.01, initial_accumulator_value=0.1),
    "Adadelta": lambda p: torch.optim.Adadelta(p, lr=0.7, weight_decay=0.01),
    "RMSProp": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), amsgrad=True, weight_decay=0.01),
    "AdamW": lambda p: torch.optim.AdamW(p, lr=0.02),
    "Adamax": lambda p: torch.optim.Adamax(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.01),
    "RAdam": lambda p: torch.optim.RAdam(p, lr=0.02, betas=(0.8, 0.7), weight_decay=0.01),
    "ASGD": lambda p: torch.optim.ASGD(p, lr=0.05, t0=3, weight_decay=0.01),
    "NAdam": lambda p: torch.optim.NAdam(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.01),
    "Rprop": lambda p: torch.optim.Rprop(p, lr=0.01, etas=(0.4, 1.3), step_sizes=(1e-5, 2)),
}


# What PyTorch 2 reads with weights_only=True; 1.13 has the argument, but not all of these.
OPCODES = set("""PROTO STOP MARK GLOBAL REDUCE BUILD BINPERSID NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 BINFLOAT BINUNICODE
    EMPTY_TUPLE EMPTY_LIST EMPTY_DICT TUPLE TUPLE1 TUPLE2 TUPLE3 APPEND APPENDS SETITEM SETITEMS BINGET LONG_BINGET BINPUT LONG_BINPUT""".split())
GLOBALS = {"collections OrderedDict", "torch Size", "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter",
           "torch float64"}


def load(path):
    if int(torch.__version__.split(".")[0]) >= 2:
        return torch.load(path, weights_only=True)
    with zipfile.ZipFile(path) as file:
        pickled = file.read(next(name for name in file.namelist() if name.endswith("data.pkl")))
    for opcode, argument, _ in pickletools.genops(pickled):
        assert opcode.name in OPCODES, opcode.name
        assert opcode.name != "GLOBAL" or argument in GLOBALS or (argument.startswith("torch ") and argument.endswith("Storage")), argument
    return torch.load(path)


def make(name, path=None):
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    optimizer = OPTIMIZERS[name]([{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 0.01}])
    if path is not None:
        saved = load(path)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
    return model, optimizer


def train(model, optimizer, x, y, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


def save(path, model, optimizer, **values):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), **values}, path)


def start(folder):
    torch.manual_seed(2)
    x, y = torch.randn(16, 4), torch.randn(16, 3)
    for name in OPTIMIZERS:
        model, optimizer = make(name)
        for steps in (0, 5, 10):
            if steps:
                train(model, optimizer, x, y, 5)
            save(f"{folder}/{name}.{steps}.pt", model, optimizer, epoch=steps, x=x, y=y)
    torch.save(model.state_dict(), f"{folder}/plain.pt")


def resume(folder):
    """Goes on from what the other side saved after its five steps."""
    for name in OPTIMIZERS:
        saved = load(f"{folder}/{name}.other.pt")
        assert saved["epoch"] == 5 and list(saved) == ["model", "optimizer", "epoch", "x", "y"], list(saved)
        model, optimizer = make(name, f"{folder}/{name}.other.pt")
        train(model, optimizer, saved["x"], saved["y"], 5)
        save(f"{folder}/{name}.resumed.pt", model, optimizer)


def tree():
    base = torch.arange(24, dtype=torch.float32)
    image = torch.arange(48, dtype=torch.float64).reshape(1, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    types = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64, torch.bfloat16, torch.complex64, torch.complex128]
    return collections.OrderedDict([
        ("zebra", 1), ("ant", 2 ** 31), ("negative", -2 ** 40), ("bee", 2.5), ("none", None), ("yes", True), ("text", "Grüße"), ("list", [1, [2, 3]]), ("tuple", (1, "a")),
        ("size", torch.Size([2, 3])), ("numbers", {0: "zero", 7: "seven"}),
        ("base", base), ("slice", base[4:10]), ("every", base[1::3]), ("transposed", base.reshape(4, 6).t()), ("image", image), ("scalar", torch.tensor(3.5)), ("empty", torch.zeros(0, 2)),
        ("types", [torch.tensor([0, 1, 2]).to(t) for t in types]), ("truth", torch.tensor([True, False])), ("parameter", torch.nn.Parameter(torch.ones(2, 2))),
    ])


class Code:
    def __reduce__(self):
        return os.mkdir, (os.environ.get("TRAP", "/nowhere"),)


def write(folder):
    torch.save(tree(), f"{folder}/tree.pt")
    torch.save({"model": {"w": torch.ones(2)}, "code": Code()}, f"{folder}/code.pt")
    torch.save(torch.ones(2), f"{folder}/old.pt", _use_new_zipfile_serialization=False)


class Lazy:
    """A lazily conjugated or negated tensor as PyTorch 2 writes it; 1.13 forgets that it is one."""

    def __init__(self, tensor, **marks):
        self.tensor, self.marks = tensor, marks

    def __reduce__(self):
        t = self.tensor
        return torch._utils._rebuild_tensor_v2, (t.storage(), 0, tuple(t.shape), t.stride(), False, collections.OrderedDict(), self.marks)


def views(folder):
    """Lazily conjugated and negated tensors, shared and empty ones, a type, in every protocol, and a list that holds itself."""
    t, cycle = torch.arange(6.), [1]
    cycle.append(cycle)
    tree = {"conj": Lazy(torch.tensor([1 + 2j, 3 - 1j]), conj=True), "neg": Lazy(torch.tensor([1.0, -2.0]), neg=True), "t": t, "view": t.view(2, 3).t(), "expanded": t.expand(2, 6),
            "empty": t[1:1], "whole": torch.tensor(5), "truth": torch.tensor(True), "dtype": torch.bfloat16, "long": "x" * 70000, "cycle": cycle}
    for protocol in (2, 3, 4, 5):
        torch.save(tree, f"{folder}/views{protocol}.pt", pickle_protocol=protocol)
    torch.save({"class": collections.OrderedDict}, f"{folder}/class.pt")
    torch.save({"storage": t.storage()}, f"{folder}/storage.pt")


def same(a, b):
    assert type(a) is type(b), (type(a), type(b))
    if isinstance(a, torch.Tensor):
        assert a.dtype == b.dtype and a.shape == b.shape and a.stride() == b.stride() and torch.equal(a, b) and a.requires_grad == b.requires_grad, (a, b)
    elif isinstance(a, dict):
        assert list(a) == list(b), (list(a), list(b))
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for pair in zip(a, b):
            same(*pair)
    else:
        assert a == b, (a, b)


def check(folder):
    other = load(f"{folder}/tree.other.pt")
    same(tree(), other)
    other["base"][5] = 100
    assert other["slice"][1] == 100, "the slice shares its memory"
    with zipfile.ZipFile(f"{folder}/slice.other.pt") as file:
        assert file.testzip() is None and file.getinfo("archive/data/0").file_size == 6 * 4
    assert torch.equal(load(f"{folder}/slice.other.pt"), torch.arange(4, 10, dtype=torch.float32))


def kinds(folder):
    other = load(f"{folder}/kinds.other.pt")
    assert other == {"scaler": {"scale": 8.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2000, "_growth_tracker": 0},
                     "losses": [0.5, 0.25], "dtype": torch.float64}, other


def own(folder):
    """An optimizer that PyTorch lacks, as the documentation says that Python finds it."""
    optimizer = load(f"{folder}/own.pt")["optimizer"]
    assert optimizer["class"] == "TorchOptimExt.LineSearch.ArmijoGD", optimizer["class"]
    group, state = optimizer["param_groups"][0], optimizer["state"][0]
    assert group["momentum"] == 0.5 and group["first_trial"] == "Grow" and group["history"] == 3 and group["params"] == [0, 1, 2, 3, 4, 5], group
    assert state["step"] == 2 and state["numbers"].dtype == torch.float64 and state["tensors"][0].shape == (6, 4), state


def averaged():
    torch.manual_seed(3)
    return torch.optim.swa_utils.AveragedModel(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)))


def average(folder):
    model = averaged()
    model.update_parameters(model.module)
    torch.save({"model": model.state_dict()}, f"{folder}/average.pt")


def average_back(folder):
    model = averaged()
    model.load_state_dict(load(f"{folder}/average.other.pt")["model"])
    assert model.n_averaged == 2 and model.n_averaged.shape == (), model.n_averaged


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
    print("done")
