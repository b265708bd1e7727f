"""Scores the customers of one region."""

import csv
import pickle
import random
from pathlib import Path


def run(region: str, model: Path, folder: Path) -> None:
    classifier = pickle.loads(model.read_bytes())
    chance = random.Random(region)
    customers = [[chance.uniform(50, 900), chance.uniform(0.1, 1.3), chance.randrange(12)] for _ in range(100)]
    scores = classifier.predict_proba(customers)[:, 1]
    with open(folder / f"scores_{region}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "score"])
        writer.writerows((number, round(float(score), 4)) for number, score in enumerate(scores))
    print(f"{region}: {sum(score > 0.5 for score in scores)} of {len(customers)} customers are likely to leave")
