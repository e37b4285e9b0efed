"""Metrics of several outputs by scikit-learn, which the tests compare with: /usr/bin/python3 metrics.py

Writes scored.csv (labels and scores of three numbers, labels and logits of four tags, then which labels are to be missing) and metrics.json beside
this file.
"""
import csv
import json
import os

import numpy as np
import sklearn
from sklearn import metrics as m

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)
ROWS = 60

numbers = random.normal(size=(ROWS, 3)) * [1, 100, 1e-3] + [0, 1000, 5]
scores = numbers + random.normal(size=(ROWS, 3)) * [0.3, 60, 2e-3]
truths = (random.random(size=(ROWS, 4)) < [0.5, 0.3, 0.05, 0.8]).astype(float)
logits = np.round((truths - 0.5) * 2 + random.normal(size=(ROWS, 4)) * 1.5, 1)  # rounded, so that there are ties
numbers, scores, logits = (a.astype(np.float32) for a in (numbers, scores, logits))
missing_numbers, missing_truths = random.random(numbers.shape) < 0.1, random.random(truths.shape) < 0.1
missing_numbers[0], missing_truths[0] = True, True  # a row without any label


def regression(missing):
    outputs = []
    for k in range(numbers.shape[1]):
        rows = ~missing[:, k]
        y, s = numbers[rows, k].astype(float), scores[rows, k].astype(float)
        outputs.append({
            "MeanAbsoluteError": m.mean_absolute_error(y, s), "MeanSquaredError": m.mean_squared_error(y, s),
            "RootMeanSquaredError": m.mean_squared_error(y, s) ** 0.5, "RSquared": m.r2_score(y, s), "Rows": int(rows.sum())})
    names = ["MeanAbsoluteError", "MeanSquaredError", "RootMeanSquaredError", "RSquared"]
    return {"outputs": outputs, **{n: float(np.mean([o[n] for o in outputs])) for n in names}}


def labels():
    y, p = truths.astype(int), (logits > 0).astype(int)
    return {
        "HammingLoss": m.hamming_loss(y, p), "SubsetAccuracy": m.accuracy_score(y, p),
        "MicroF1Score": m.f1_score(y, p, average="micro"), "MacroF1Score": m.f1_score(y, p, average="macro", zero_division=0),
        "MacroAreaUnderRocCurve": m.roc_auc_score(y, logits, average="macro"),
        "labels": [one(y[:, k], p[:, k], logits[:, k]) for k in range(4)]}


def one(y, p, s):
    return {
        "Accuracy": m.accuracy_score(y, p), "Precision": m.precision_score(y, p, zero_division=0),
        "Recall": m.recall_score(y, p, zero_division=0), "F1Score": m.f1_score(y, p, zero_division=0), "AreaUnderRocCurve": m.roc_auc_score(y, s)}


def labels_with_missing():
    p, present = (logits > 0).astype(int), ~missing_truths
    per_label = [one(truths[present[:, k], k].astype(int), p[present[:, k], k], logits[present[:, k], k]) for k in range(4)]
    y_all, p_all = truths[present].astype(int), p[present]
    right = [np.all(truths[r][present[r]] == p[r][present[r]]) for r in range(ROWS) if present[r].any()]
    return {
        "HammingLoss": m.zero_one_loss(y_all, p_all), "SubsetAccuracy": float(np.mean(right)), "MicroF1Score": m.f1_score(y_all, p_all),
        "MacroF1Score": float(np.mean([o["F1Score"] for o in per_label])),
        "MacroAreaUnderRocCurve": float(np.mean([o["AreaUnderRocCurve"] for o in per_label])), "labels": per_label}


with open(os.path.join(here, "scored.csv"), "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    for r in range(ROWS):
        out.writerow([repr(float(v)) for v in (*numbers[r], *scores[r], *truths[r], *logits[r])]
                     + [int(v) for v in (*missing_numbers[r], *missing_truths[r])])
with open(os.path.join(here, "metrics.json"), "w") as file:
    json.dump({
        "scikit-learn": sklearn.__version__, "regression": regression(np.zeros_like(missing_numbers)),
        "regression with missing": regression(missing_numbers), "labels": labels(), "labels with missing": labels_with_missing()}, file, indent=1)
