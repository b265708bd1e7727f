"""Fits the model."""

import csv
import pickle
from pathlib import Path
from typing import NamedTuple

FEATURES = ["minutes", "trend", "complaints"]


class Trained(NamedTuple):
    model: Path
    auc: float


def read(rows: Path) -> tuple[list[list[float]], list[int]]:
    with open(rows, newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    return [[float(row[name]) for name in FEATURES] for row in table], [int(row["left"]) for row in table]


def fit(rows: Path, depth: int) -> Trained:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split

    features, left = read(rows)
    seen, unseen, seen_left, unseen_left = train_test_split(features, left, test_size=0.3, random_state=7)
    classifier = HistGradientBoostingClassifier(max_depth=depth, max_iter=60, random_state=7).fit(seen, seen_left)
    auc = roc_auc_score(unseen_left, classifier.predict_proba(unseen)[:, 1])
    model = rows.with_name("model.pickle")
    model.write_bytes(pickle.dumps(classifier))
    print(f"depth {depth}: an AUC of {auc:.3f} on {len(unseen)} customers that the model has not seen")
    return Trained(model=model, auc=float(auc))
