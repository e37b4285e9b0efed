"""The losses that scipy and PyTorch reach on the network of the benchmark `linesearch --network`, from the same weights.

Needs scipy and torch (apt-get install python3-scipy python3-torch). Takes the folder with images, labels and weights, and the number of
seeds; prints method, activation and the losses at a cost of 100, 300 and 1,000, separated by tabs. An evaluation with its gradient costs
3; the loss is the lowest that was evaluated.
"""
import sys

import numpy
import scipy.optimize
import torch
from torch.nn.functional import cross_entropy

COSTS = [100, 300, 1000]
SHAPES = [(32, 784), (32,), (10, 32), (10,)]
SIZES = [32 * 784, 32, 320, 10]
folder, seeds = sys.argv[1], int(sys.argv[2])
images = torch.from_numpy(numpy.fromfile(f"{folder}/images", dtype=numpy.float32)).reshape(2000, 784)
labels = torch.from_numpy(numpy.fromfile(f"{folder}/labels", dtype=numpy.int64))
ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh}


class Spent(Exception):
    pass


class Network:
    def __init__(self, activation):
        self.activation, self.cost, self.lowest, self.marks = ACTIVATIONS[activation], 0, float("inf"), {}

    def loss(self, x):
        a, b, c, d = (part.reshape(shape) for part, shape in zip(x.split(SIZES), SHAPES))
        return cross_entropy(self.activation(images @ a.T + b) @ c.T + d, labels)

    def pay(self, cost):
        for limit in COSTS:
            if self.cost <= limit < self.cost + cost:
                self.marks[limit] = self.lowest
        self.cost += cost
        if self.cost > COSTS[-1]:
            raise Spent

    def both(self, x):
        self.pay(3)
        x = torch.tensor(numpy.asarray(x), dtype=torch.float32, requires_grad=True)
        value = self.loss(x)
        value.backward()
        self.lowest = min(self.lowest, float(value.detach()))
        return float(value.detach()), x.grad.numpy().astype(numpy.float64)


def by_scipy(network, start):
    scipy.optimize.minimize(network.both, start.astype(numpy.float64), method="L-BFGS-B", jac=True,
                            options={"gtol": 0, "ftol": 0, "maxfun": 5000, "maxiter": 5000})


def by_torch(network, start):
    x = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.LBFGS([x], lr=1, max_iter=5000, max_eval=5000, line_search_fn="strong_wolfe", tolerance_grad=0,
                                  tolerance_change=0)

    def closure():
        value, gradient = network.both(x.detach().numpy())
        x.grad = torch.tensor(gradient, dtype=torch.float32)
        return torch.tensor(value)

    optimizer.step(closure)


METHODS = {"scipy L-BFGS-B": by_scipy, "PyTorch LBFGS": by_torch}

for method, run in METHODS.items():
    for activation in ACTIVATIONS:
        for seed in range(seeds):
            network = Network(activation)
            try:
                run(network, numpy.fromfile(f"{folder}/weights{seed}", dtype=numpy.float32))
            except Spent:
                pass
            print(method, activation, *[network.marks.get(cost, network.lowest) for cost in COSTS], sep="\t", flush=True)
