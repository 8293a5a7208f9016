"""scikit-learn's Isolation Forest on tables in files (float32, row after row); one JSON object on standard output.

  score FILE FEATURES TREES SAMPLE SEED...   times, and scores as FILE.SEED.scores (float64, 0 to 1)
  export FOLDER                              its own public tables as FOLDER/NAME.values and NAME.labels (bytes)
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy
import sklearn
from sklearn import datasets
from sklearn.ensemble import IsolationForest


def score(path, features, trees, sample, *seeds):
    rows = numpy.fromfile(path, dtype=numpy.float32).reshape(-1, int(features))
    milliseconds = []
    for seed in seeds:
        before = time.perf_counter()
        forest = IsolationForest(
            n_estimators=int(trees), max_samples=min(int(sample), len(rows)), random_state=int(seed), n_jobs=1
        ).fit(rows)
        scores = -forest.score_samples(rows)
        milliseconds.append((time.perf_counter() - before) * 1000)
        scores.astype(numpy.float64).tofile(f"{path}.{seed}.scores")
    return {"version": sklearn.__version__, "milliseconds": milliseconds}


def export(folder):
    """A class that is rare in them is what has to be found."""
    cancer, wine, digits = datasets.load_breast_cancer(), datasets.load_wine(), datasets.load_digits()
    tables = {
        "Breast Cancer Wisconsin": (cancer.data, cancer.target == 0, 36),
        "Wine": (wine.data, wine.target == 0, 10),
        "Optical digits": (digits.data, digits.target == 0, 40),
    }
    sizes = {}
    for name, (rows, is_anomaly, kept) in tables.items():
        chosen = numpy.concatenate([numpy.flatnonzero(is_anomaly)[:kept], numpy.flatnonzero(~is_anomaly)])
        rows[chosen].astype(numpy.float32).tofile(f"{folder}/{name}.values")
        is_anomaly[chosen].astype(numpy.uint8).tofile(f"{folder}/{name}.labels")
        sizes[name] = rows.shape[1]
    return sizes


print(json.dumps({"score": score, "export": export}[sys.argv[1]](*sys.argv[2:])))
