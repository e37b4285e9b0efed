"""Writes metrics.json: small data sets and their metrics, worked out from the definitions.

    python3 metrics.py > metrics.json

Nothing but the standard library is needed. Values that the tests hold as float32 are rounded to it here.
"""
import itertools
import json
import math
import random
import struct


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def entropy2(p):
    return 0.0 if p in (0, 1) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def binary(rng, n):
    labels = [rng.random() < 0.4 for _ in range(n)]
    # Rounded, so that scores tie; ties of a positive and a negative are placed positive first and negative first.
    scores = [single(round(rng.gauss(1.0 if y else -0.5, 1.5), 1)) for y in labels]
    probabilities = [single(1 / (1 + math.exp(-s))) for s in scores]
    positives = [s for s, y in zip(scores, labels) if y]
    negatives = [s for s, y in zip(scores, labels) if not y]
    auc = sum((a > b) + 0.5 * (a == b) for a, b in itertools.product(positives, negatives)) / (len(positives) * len(negatives))

    tp = sum(s > 0 for s in positives)
    fp = sum(s > 0 for s in negatives)
    fn, tn = len(positives) - tp, len(negatives) - fp
    precision, recall = tp / (tp + fp), tp / (tp + fn)

    # Lower trapezoid: the area under the line from each point of the curve to the next positive one.
    order = sorted(range(n), key=lambda i: -scores[i])
    area, seen = 0.0, 0
    for rank, i in enumerate(order):
        if not labels[i]:
            continue
        before = seen / rank if rank else 1.0
        seen += 1
        area += (before + seen / (rank + 1)) / 2 / len(positives)

    loss = sum(-math.log2(p if y else 1 - p) for p, y in zip(probabilities, labels)) / n
    prior = entropy2(len(positives) / n)
    return dict(labels=labels, scores=scores, probabilities=probabilities, areaUnderRocCurve=auc, areaUnderPrecisionRecallCurve=area,
                accuracy=(tp + tn) / n, positivePrecision=precision, positiveRecall=recall, negativePrecision=tn / (tn + fn),
                negativeRecall=tn / (tn + fp), f1Score=2 * precision * recall / (precision + recall), logLoss=loss,
                logLossReduction=(prior - loss) / prior, entropy=prior, confusion=[[tp, fn], [fp, tn]])


def multiclass(rng, n, classes):
    labels = [rng.randrange(classes - 1) for _ in range(n)]  # the last class never occurs
    scores = []
    for y in labels:
        raw = [math.exp(rng.gauss(1.2 if c == y else 0, 1)) for c in range(classes)]
        scores.append([single(x / sum(raw)) for x in raw])
    count = [labels.count(c) for c in range(classes)]
    losses = [-math.log(s[y]) for s, y in zip(scores, labels)]
    confusion = [[0] * classes for _ in range(classes)]
    for s, y in zip(scores, labels):
        confusion[y][s.index(max(s))] += 1
    present = [c for c in range(classes) if count[c]]
    prior = -sum(count[c] / n * math.log(count[c] / n) for c in present)
    loss = sum(losses) / n
    top = [sum(sorted(s, reverse=True).index(s[y]) < k for s, y in zip(scores, labels)) / n for k in range(1, classes)]
    return dict(labels=labels, scores=scores, microAccuracy=sum(confusion[c][c] for c in present) / n,
                macroAccuracy=sum(confusion[c][c] / count[c] for c in present) / len(present), logLoss=loss,
                logLossReduction=(prior - loss) / prior,
                perClassLogLoss=[sum(l for l, y in zip(losses, labels) if y == c) / count[c] if count[c] else 0 for c in range(classes)],
                topK=top, confusion=confusion)


def regression(rng, n):
    labels = [single(rng.gauss(3, 2)) for _ in range(n)]
    scores = [single(y + rng.gauss(0.1, 0.7)) for y in labels]
    errors = [y - s for y, s in zip(labels, scores)]
    mean = sum(labels) / n
    mse = sum(e * e for e in errors) / n
    return dict(labels=labels, scores=scores, meanAbsoluteError=sum(map(abs, errors)) / n, meanSquaredError=mse,
                rootMeanSquaredError=math.sqrt(mse), rSquared=1 - mse * n / sum((y - mean) ** 2 for y in labels))


rng = random.Random(7)
print(json.dumps(dict(binary=[binary(rng, 40), binary(rng, 201)], multiclass=[multiclass(rng, 60, 4)], regression=[regression(rng, 50)]), indent=1))
