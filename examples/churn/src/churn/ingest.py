"""Loads the events of one country. They are generated with a fixed seed, so that anybody can run the pipeline."""

import csv
import random
from pathlib import Path
from typing import TypedDict

CUSTOMERS = 600


class Ingested(TypedDict):
    rows: int
    events: Path


def run(country: str, folder: Path) -> Ingested:
    folder.mkdir(parents=True, exist_ok=True)
    events = folder / f"events_{country.lower()}.csv"
    rows = 0
    with open(events, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "month", "minutes", "complaints", "left"])
        for row in _events(random.Random(country)):
            writer.writerow(row)
            rows += 1
    return {"rows": rows, "events": events}


def _events(chance: random.Random):
    for customer in range(CUSTOMERS):
        unhappy = chance.random() < 0.35
        left = chance.random() < (0.85 if unhappy else 0.1)
        minutes = chance.uniform(200, 900)
        for month in range(1, 13):
            minutes *= chance.uniform(0.75, 1.0) if unhappy else chance.uniform(0.93, 1.08)
            complaints = chance.choice([0, 0, 1, 2]) if unhappy else chance.choice([0, 0, 0, 0, 1])
            yield customer, month, round(minutes, 1), complaints, int(left)
