"""Minimizers of scipy and PyTorch on the functions of the benchmark `linesearch --peers`, with counted evaluations.

Needs scipy and torch (apt-get install python3-scipy python3-torch). Prints one line for each method and function, separated by tabs:
method, function, evaluations of value and gradient until the criterion held, and Hessians and products of the Hessian with a vector
until then; a "-" for evaluations says that it never held. The criterion: max|g| <= max(1e-8, 1e-8 * the largest |g| seen) where F is
nearer to a known minimum than a millionth of its distance at the start (a plateau is none), or F within 1e-10, relative, of a minimum.

With --ends it prints instead on which functions a method of scipy ends, by itself, at a minimum: F - F* <= 10 eps max(1, |F*|), or max|g| <=
1e-7; with --float32 too F and its derivatives are computed in float32, and max|g| <= 1e-4 is enough.
"""
import math
import sys

import numpy
import scipy.optimize
import torch

DTYPE = torch.float32 if "--float32" in sys.argv else torch.float64
torch.set_default_dtype(DTYPE)
torch.set_num_threads(1)


def squares(*residuals):
    return sum((r ** 2).sum() for r in residuals)


def grid(count, first, step):
    return torch.tensor([first + k * step for k in range(count)])


def turns(x, y):
    angle = torch.atan2(y, x) / (2 * math.pi)
    return angle + 1 if float(x) < 0 and float(y) < 0 else angle


def powell(x):
    return squares(x[0] + 10 * x[1]) + 5 * squares(x[2] - x[3]) + squares((x[1] - 2 * x[2]) ** 2) + 10 * squares((x[0] - x[3]) ** 2)


def rosenbrock(x):
    a, b = x[0::2], x[1::2]
    return 100 * squares(b - a * a) + squares(1 - a)


def wood(x):
    return squares(10 * (x[1] - x[0] ** 2), 1 - x[0], 90 ** .5 * (x[3] - x[2] ** 2), 1 - x[2],
                   10 ** .5 * (x[1] + x[3] - 2), (x[1] - x[3]) / 10 ** .5)


def helix(x):
    return squares(10 * (x[2] - 10 * turns(x[0], x[1])), 10 * ((x[0] ** 2 + x[1] ** 2).sqrt() - 1), x[2])


def box(x):
    t = grid(10, .1, .1)
    return squares((-t * x[0]).exp() - (-t * x[1]).exp() - x[2] * ((-t).exp() - (-10 * t).exp()))


def bard(x):
    u, y = grid(15, 1, 1), torch.tensor([.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39])
    return squares(y - (x[0] + u / ((16 - u) * x[1] + torch.minimum(u, 16 - u) * x[2])))


def gaussian(x):
    y = torch.tensor([.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989, .3521, .2420, .1295, .0540, .0175, .0044, .0009])
    return squares(x[0] * (-x[1] * (grid(15, 3.5, -.5) - x[2]) ** 2 / 2).exp() - y)


def meyer(x):
    y = torch.tensor([34780., 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872])
    return squares(x[0] * (x[1] / (grid(16, 50, 5) + x[2])).exp() - y)


def kowalik(x):
    y = torch.tensor([.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246])
    u = torch.tensor([4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625])
    return squares(y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]))


def brown_dennis(x):
    t = grid(20, .2, .2)
    return squares((x[0] + t * x[1] - t.exp()) ** 2 + (x[2] + x[3] * t.sin() - t.cos()) ** 2)


def osborne(x):
    y = torch.tensor([.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658, .628, .603, .580,
                      .558, .538, .522, .506, .490, .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406])
    t = grid(33, 0, 10)
    return squares(y - (x[0] + x[1] * (-t * x[3]).exp() + x[2] * (-t * x[4]).exp()))


def biggs(x):
    t = grid(13, .1, .1)
    y = (-t).exp() - 5 * (-10 * t).exp() + 3 * (-4 * t).exp()
    return squares(x[2] * (-t * x[0]).exp() - x[3] * (-t * x[1]).exp() + x[5] * (-t * x[4]).exp() - y)


def watson(x):
    powers = grid(29, 1 / 29, 1 / 29)[:, None] ** torch.arange(6)
    return squares(powers[:, :5] @ (x[1:] * grid(5, 1, 1)) - (powers @ x) ** 2 - 1) + x[0] ** 2 + (x[1] - x[0] ** 2 - 1) ** 2


def dimensioned(x):
    total = (grid(10, 1, 1) * (x - 1)).sum()
    return squares(x - 1) + total ** 2 + total ** 4


def logistic(w):
    scores = torch.stack([w[0], w[0] + w[1], w[0] + w[2], w[0] + w[3]])
    log = torch.nn.functional.logsigmoid
    return -(torch.tensor([7., 2, 5, 1]) * log(scores) + torch.tensor([3., 8, 3, 11]) * log(-scores)).sum() / 40


def beale(x):
    return squares(1.5 - x[0] * (1 - x[1]), 2.25 - x[0] * (1 - x[1] ** 2), 2.625 - x[0] * (1 - x[1] ** 3))


def freudenstein(x):
    return squares(-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1])


def jennrich(x):
    i = grid(10, 1, 1)
    return squares(2 + 2 * i - ((i * x[0]).exp() + (i * x[1]).exp()))


CURVATURES = torch.tensor([10 ** (6 * k / 9) for k in range(10)])
FUNCTIONS = [
    ("Rosenbrock", rosenbrock, [-1.2, 1], [0]),
    ("Extended Rosenbrock, n = 100", rosenbrock, [-1.2, 1] * 50, [0]),
    ("Beale", beale, [1, 1], [0]),
    ("Himmelblau", lambda x: squares(x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7), [0, 0], [0]),
    ("Booth", lambda x: squares(x[0] + 2 * x[1] - 7, 2 * x[0] + x[1] - 5), [0, 0], [0]),
    ("Powell singular", powell, [3, -1, 0, 1], [0]),
    ("Extended Powell, n = 100", lambda x: powell(x.reshape(25, 4).T), [3, -1, 0, 1] * 25, [0]),
    ("Wood", wood, [-3, -1, -3, -1], [0]),
    ("Helical valley", helix, [-1, 0, 0], [0]),
    ("Brown badly scaled", lambda x: squares(x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2), [1, 1], [0]),
    ("Quadratic, κ = 1e6", lambda x: (x ** 2 * CURVATURES).sum() / 2, [1] * 10, [0]),
    ("Freudenstein-Roth", freudenstein, [.5, -2], [0, 48.984253679240021]),
    ("Jennrich-Sampson", jennrich, [.3, .4], [124.36218235561485]),
    ("Box 3D", box, [0, 10, 20], [0]),
    ("Gaussian", gaussian, [.4, 1, 0], [1.127932769618648e-8]),
    ("Bard", bard, [1, 1, 1], [0.0082148773065789748]),
    ("Meyer", meyer, [.02, 4000, 250], [87.945855170851121]),
    ("Kowalik-Osborne", kowalik, [.25, .39, .415, .39], [0.00030750560384923743]),
    ("Brown-Dennis", brown_dennis, [25, 5, -5, -1], [85822.201626356345]),
    ("Osborne 1", osborne, [.5, 1.5, -1, .01, .02], [5.4648946974829064e-5]),
    ("Biggs EXP6", biggs, [1, 2, 1, 1, 1, 1], [0, 0.005655649925499931]),
    ("Watson, n = 6", watson, [0] * 6, [0.0022876700535524362]),
    ("Penalty I, n = 10", lambda x: 1e-5 * squares(x - 1) + ((x ** 2).sum() - .25) ** 2, list(range(1, 11)), [7.0876514670903694e-5]),
    ("Variably dimensioned, n = 10", dimensioned, [1 - j / 10 for j in range(1, 11)], [0]),
    ("Trigonometric, n = 10", lambda x: squares(10 - x.cos().sum() + grid(10, 1, 1) * (1 - x.cos()) - x.sin()), [.1] * 10,
     [0, 2.7950561218794563e-5]),
    ("Logistic regression", logistic, [0] * 4, [0.49618012394671496]),
]


class Reached(Exception):
    pass


class Counted:
    """Counts evaluations, and raises Reached at the first point that meets the criterion."""

    def __init__(self, function, minima):
        self.function, self.minima = function, minima
        self.evaluations = self.hessians = self.products = 0
        self.largest, self.first = 0.0, None

    def both(self, x):
        self.evaluations += 1
        x = torch.tensor(numpy.asarray(x, dtype=float), dtype=DTYPE, requires_grad=True)
        value = self.function(x)
        gradient, = torch.autograd.grad(value, x)
        size = float(gradient.abs().max())
        self.largest = max(self.largest, size) if math.isfinite(size) else self.largest
        self.first = float(value) if self.first is None else self.first
        if any(self.reached(float(value), size, m) for m in self.minima):
            raise Reached
        if self.evaluations >= 5000:
            raise StopIteration
        return float(value), gradient.numpy().astype(float)

    def reached(self, value, size, minimum):
        level = size <= max(1e-8, 1e-8 * self.largest) and abs(value - minimum) <= 1e-6 * (self.first - minimum)
        return level or abs(value - minimum) <= 1e-10 * minimum

    def hessian(self, x):
        self.hessians += 1
        return torch.autograd.functional.hessian(self.function, torch.tensor(x, dtype=DTYPE)).numpy().astype(float)

    def product(self, x, p):
        self.products += 1
        at, along = torch.tensor(x, dtype=DTYPE), torch.tensor(p, dtype=DTYPE)
        return torch.autograd.functional.hvp(self.function, at, along)[1].numpy().astype(float)


def by_scipy(method, **more):
    def run(counted, start):
        products = {"hessp": counted.product}
        keywords = {"trust-exact": {"hess": counted.hessian}, "trust-ncg": products, "Newton-CG": products}
        scipy.optimize.minimize(counted.both, numpy.array(start, dtype=float), method=method, jac=True, **keywords.get(method, {}), **more)
    return run


def by_torch(counted, start):
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([x], lr=1, max_iter=5000, max_eval=5000, line_search_fn="strong_wolfe",
                                  tolerance_grad=0, tolerance_change=0)

    def closure():
        value, gradient = counted.both(x.detach().numpy())
        x.grad = torch.tensor(gradient)
        return torch.tensor(value)

    optimizer.step(closure)


METHODS = {
    "scipy BFGS": by_scipy("BFGS", options={"gtol": 1e-12}),
    "scipy L-BFGS-B": by_scipy("L-BFGS-B", options={"gtol": 0, "ftol": 0, "maxfun": 5000, "maxiter": 5000}),
    "PyTorch LBFGS": by_torch,
    "scipy Newton-CG": by_scipy("Newton-CG", options={"xtol": 1e-30, "maxiter": 5000}),
    "scipy trust-ncg": by_scipy("trust-ncg", options={"gtol": 1e-12, "maxiter": 5000}),
    "scipy trust-exact": by_scipy("trust-exact", options={"gtol": 1e-12, "maxiter": 5000}),
}



class Plain(Counted):
    """Never ends a minimization; remembers the last point that was asked for."""

    def reached(self, value, size, minimum):
        return False


def ends(function, start, minima, method, options):
    """Whether the method, left to itself, ends at a minimum."""
    counted = Plain(function, minima)
    try:
        keywords = {"trust-exact": {"hess": counted.hessian}, "trust-ncg": {"hessp": counted.product},
                    "Newton-CG": {"hessp": counted.product}}
        found = scipy.optimize.minimize(counted.both, numpy.array(start, dtype=float), method=method, jac=True, options=options,
                                        **keywords.get(method, {}))
        value, gradient = counted.both(found.x)
    except (StopIteration, RuntimeError, ValueError, numpy.linalg.LinAlgError):
        return False
    level, eps = (1e-4, 2 ** -23) if DTYPE == torch.float32 else (1e-7, 2 ** -52)
    return abs(gradient).max() <= level or any(value - m <= 10 * eps * max(1, abs(m)) for m in minima)


# As they are, and as sharp as they can be.
ENDS = {
    "L-BFGS-B": [{}, {"gtol": 1e-8, "ftol": 0, "maxiter": 5000}],
    "Newton-CG": [{}, {"xtol": 1e-15, "maxiter": 3000}],
    "trust-ncg": [{}, {"gtol": 1e-8, "maxiter": 3000}],
    "trust-exact": [{}, {"gtol": 1e-8, "maxiter": 3000}],
}

numpy.seterr(all="ignore")
if "--ends" in sys.argv:
    for method, options in ENDS.items():
        missed = [name for name, function, start, minima in FUNCTIONS
                  if not any(ends(function, start, minima, method, each) for each in options)]
        print(method, "ends at a minimum on", len(FUNCTIONS) - len(missed), "of", len(FUNCTIONS), "functions; not on:",
              ", ".join(missed) or "none", flush=True)
    sys.exit()
for name, function, start, minima in FUNCTIONS:
    for method, run in METHODS.items():
        counted, reached = Counted(function, minima), False
        try:
            run(counted, start)
        except Reached:
            reached = True
        except (StopIteration, RuntimeError, ValueError, numpy.linalg.LinAlgError):
            pass
        print(method, name, counted.evaluations if reached else "-", counted.hessians, counted.products, sep="\t", flush=True)
