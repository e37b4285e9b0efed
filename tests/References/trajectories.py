#!/usr/bin/python3
"""Writes PyTorch's own numbers, beside this file: trajectories.json, schedules.json, lbfgs.json.

    python3 trajectories.py        (needs PyTorch 1.13 or later; Debian: apt-get install python3-torch)

Optimizers run PyTorch's single-tensor implementation (foreach=False): one operator after another, no fused kernel.
Start values and gradients are closed formulas in integers over a power of two, exact in float32, so that no
model's rounding interferes: Trajectory.cs computes the same ones.
"""
import inspect
import json
import os
import torch
from torch.optim import lr_scheduler, nadam

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)      # NAdam and ASGD keep numbers of their state in the default dtype

if torch.__version__.startswith("1."):      # multiplied by mu once too often; mended in PyTorch 2.0
    exec(inspect.getsource(nadam._single_tensor_nadam).replace("mu_product * mu * mu_next", "mu_product * mu_next"), vars(nadam))
HERE = os.path.dirname(os.path.abspath(__file__))

# ---- optimizers ----

STEPS = 120
CHECKPOINTS = [1, 2, 3, 10, 50, 120]
RATES = {40: 0.5, 70: 2.0, 100: 0.1}        # from this step on, the initial learning rate times this


def start(index):
    return ((29 * index + 7) % 61 - 30) / 16


def gradient(step, index):
    """One sign for index mod 5 = 0 and 4, changing signs between; exact zeros now and then."""
    r = (37 * step * step + 13 * step * index + 71 * index + 11) % 101
    return 0.0 if r < 8 else (r - 25 * (index % 5)) / 32


CASES = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.02}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "maximize": True}),       # TorchSharp decays the other way when it maximizes
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.2, "lr_decay": 0.05, "weight_decay": 0.01}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adadelta", {"lr": 1.0}),
    ("Adadelta", {"lr": 0.7, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.05}),
    ("Adadelta", {"lr": 1.0, "rho": 0.95, "weight_decay": 0.01, "maximize": True}),
    ("RMSProp", {"lr": 0.01}),
    ("RMSProp", {"lr": 0.01, "alpha": 0.9, "weight_decay": 0.1, "maximize": True}),
    ("RMSProp", {"lr": 0.01, "momentum": 0.9, "eps": 1e-3}),
    ("RMSProp", {"lr": 0.01, "alpha": 0.9, "centered": True}),
    ("RMSProp", {"lr": 0.005, "alpha": 0.95, "centered": True, "momentum": 0.7, "weight_decay": 0.02}),
    ("Adam", {"lr": 0.01}),
    ("Adam", {"lr": 0.02, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.05}),
    ("Adam", {"lr": 0.01, "beta2": 0.9, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "amsgrad": True, "weight_decay": 0.01, "maximize": True}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.01}),
    ("AdamW", {"lr": 0.02, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.5}),
    ("AdamW", {"lr": 0.01, "beta2": 0.9, "amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {"lr": 0.01}),
    ("Rprop", {"lr": 0.01, "etaminus": 0.3, "etaplus": 1.7, "min_step": 1e-3, "max_step": 0.5}),
    ("Rprop", {"lr": 2.0, "max_step": 1.0, "maximize": True}),
    ("Rprop", {"lr": 1e-8, "min_step": 1e-4, "max_step": 0.25}),
    ("Adamax", {"lr": 0.01}),
    ("Adamax", {"lr": 0.02, "beta1": 0.8, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.05}),
    ("NAdam", {"lr": 0.01}),
    ("NAdam", {"lr": 0.02, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.05, "momentum_decay": 0.1}),
    ("RAdam", {"lr": 0.02}),
    ("RAdam", {"lr": 0.02, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.05}),
    ("ASGD", {"lr": 0.05}),
    ("ASGD", {"lr": 0.05, "lambd": 0.01, "alpha": 0.6, "t0": 30, "weight_decay": 0.02, "maximize": True}),
]
SHAPES = [[[5], [3, 4]], [[1], [2, 3, 5]]]


def build(name, options, parameters):
    options = dict(options)
    if name in ("Adam", "AdamW", "Adamax", "NAdam", "RAdam"):
        options["betas"] = (options.pop("beta1", 0.9), options.pop("beta2", 0.999))
        options.setdefault("weight_decay", 0)
    if name == "Rprop":
        options["etas"] = (options.pop("etaminus", 0.5), options.pop("etaplus", 1.2))
        options["step_sizes"] = (options.pop("min_step", 1e-6), options.pop("max_step", 50))
    return getattr(torch.optim, {"RMSProp": "RMSprop"}.get(name, name))(parameters, foreach=False, **options)


def tensors(shapes, dtype, value):
    first, made = 0, []
    for shape in shapes:
        count = torch.Size(shape).numel()
        made.append(torch.tensor([value(i) for i in range(first, first + count)], dtype=dtype).reshape(shape))
        first += count
    return made


def plain(values, dtype):
    """Numbers that read back exactly: 9 digits identify a float32, 17 a float64."""
    return [float("%.9g" % v) if dtype == torch.float32 else v for v in values]


def run(name, options, dtype, shapes):
    parameters = [t.requires_grad_() for t in tensors(shapes, dtype, start)]
    optimizer = build(name, options, parameters)
    values = []
    for step in range(1, STEPS + 1):
        if step in RATES:
            optimizer.param_groups[0]["lr"] = options["lr"] * RATES[step]
        for p, g in zip(parameters, tensors(shapes, dtype, lambda i: gradient(step, i))):
            p.grad = g
        optimizer.step()
        if step in CHECKPOINTS:
            values.append(plain(torch.cat([p.detach().flatten() for p in parameters]).tolist(), dtype))
    return {"optimizer": name, "dtype": str(dtype)[6:], "options": options, "shapes": shapes, "values": values}


def trajectories():
    return {
        "source": f"PyTorch {torch.__version__}, torch.optim, foreach=False",
        "steps": STEPS, "checkpoints": CHECKPOINTS, "rates": {str(k): v for k, v in RATES.items()},
        "cases": [run(name, options, dtype, SHAPES[k % 2])
                  for k, (name, options) in enumerate(CASES) for dtype in (torch.float64, torch.float32)],
    }


# ---- learning-rate schedulers: the rates (and momenta) of two groups after construction and after each step ----

EPOCHS = 25
METRICS = [1.0, 0.9, 0.8, 0.81, 0.8, 0.79995, 0.82, 0.5, 0.5, 0.51, 0.5, 0.5, 0.5, 0.5, 0.49, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]


def momentum_sgd(rates):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in rates]
    return torch.optim.SGD(groups, lr=1.0, momentum=0.9)


def schedule(case, make, args, groups=(0.1, 0.02), epochs=EPOCHS, closed=(), metrics=None, momentum=False):
    optimizer = momentum_sgd(groups)
    scheduler = make(optimizer)
    read = lambda key: [g[key] for g in optimizer.param_groups]
    lr, momenta = [read("lr")], [read("momentum")]
    for epoch in range(epochs):
        optimizer.step()
        scheduler.step(metrics[epoch]) if metrics else scheduler.step()
        lr.append(read("lr"))
        momenta.append(read("momentum"))
    at = {}
    for epoch in closed:        # straight to an epoch, by the closed formula
        scheduler.step(epoch)
        at[str(epoch)] = read("lr")
    found = {"case": case, "args": args, "groups": list(groups), "lr": lr}
    if momentum:
        found["momentum"] = momenta
    if metrics:
        found["metrics"] = metrics
    if closed:
        found["closed"] = at
    return found


def simple(name, closed=(0, 3, 7, 20), **args):
    return schedule(name, lambda o: getattr(lr_scheduler, name)(o, **args), args, closed=closed)


def plateau(**args):
    return schedule("ReduceLROnPlateau", lambda o: lr_scheduler.ReduceLROnPlateau(o, **args), args, metrics=METRICS)


def one_cycle(**args):
    return schedule("OneCycleLR", lambda o: lr_scheduler.OneCycleLR(o, **args), args, groups=(0.1,), epochs=19, momentum=True)


def cyclic(**args):
    return schedule("CyclicLR", lambda o: lr_scheduler.CyclicLR(o, cycle_momentum=False, **args), args)


def sequential(optimizer):
    parts = [lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=3), lr_scheduler.ExponentialLR(optimizer, gamma=0.9),
             lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)]
    return lr_scheduler.SequentialLR(optimizer, parts, milestones=[4, 11])


def chained(optimizer):
    return lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=3), lr_scheduler.ExponentialLR(optimizer, gamma=0.9)])


def schedules():
    return {
        "source": f"PyTorch {torch.__version__}, torch.optim.lr_scheduler",
        "cases": [
            schedule("LambdaLR", lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.25 * t)), {}),
            schedule("MultiplicativeLR", lambda o: lr_scheduler.MultiplicativeLR(o, lambda t: 0.75 if t % 3 else 1.25), {}),
            simple("StepLR", step_size=4, gamma=0.3),
            simple("MultiStepLR", milestones=[3, 8, 15], gamma=0.5),
            simple("ConstantLR", factor=0.25, total_iters=6),
            simple("LinearLR", start_factor=0.2, end_factor=0.9, total_iters=7),
            simple("ExponentialLR", gamma=0.85),
            simple("PolynomialLR", total_iters=9, power=2.0),
            simple("PolynomialLR", total_iters=9, power=1.0),
            simple("CosineAnnealingLR", T_max=8, eta_min=0.005),
            plateau(mode="min", factor=0.5, patience=2, threshold=1e-3),
            plateau(mode="max", factor=0.5, patience=1, threshold=0.05, threshold_mode="abs", cooldown=2, min_lr=0.01),
            plateau(mode="min", factor=0.1, patience=0, threshold_mode="abs", min_lr=[0.001, 0.0005]),
            cyclic(base_lr=0.01, max_lr=0.1, step_size_up=4),
            cyclic(base_lr=0.01, max_lr=0.1, step_size_up=4, step_size_down=7, mode="triangular2"),
            one_cycle(max_lr=0.5, total_steps=20),
            one_cycle(max_lr=0.5, total_steps=20, pct_start=0.4, anneal_strategy="linear", base_momentum=0.8, max_momentum=0.9),
            one_cycle(max_lr=0.5, total_steps=20, three_phase=True, div_factor=10.0, final_div_factor=100.0),
            schedule("SequentialLR", sequential, {}),
            schedule("ChainedLR", chained, {}),
        ],
    }


# ---- L-BFGS on Rosenbrock's function ----

def lbfgs():
    runs = []
    for first in ((-1.2, 1.0), (1.2, 1.2)):
        x = torch.tensor(first, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([x], lr=0.1, max_iter=10, tolerance_grad=1e-5, tolerance_change=1e-9, history_size=7)

        def closure():
            optimizer.zero_grad()
            loss = 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0])
            loss.backward()
            return loss

        points, losses = [], []
        for _ in range(12):
            losses.append(optimizer.step(closure).item())
            points.append(x.tolist())
        runs.append({"start": first, "points": points, "losses": losses})
    return {"source": f"PyTorch {torch.__version__}, torch.optim.LBFGS", "runs": runs}


def write(name, content, rows):
    """One case a line."""
    head = {k: v for k, v in content.items() if k != rows}
    with open(os.path.join(HERE, name), "w") as file:
        file.write(json.dumps(head)[:-1] + f', "{rows}": [\n')
        file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in content[rows]))
        file.write("\n]}\n")


if __name__ == "__main__":
    write("trajectories.json", trajectories(), "cases")
    write("schedules.json", schedules(), "cases")
    write("lbfgs.json", lbfgs(), "runs")
