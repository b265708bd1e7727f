"""Training and test data."""

import csv
import random
from pathlib import Path
from typing import TypedDict


class Data(TypedDict):
    train: Path
    test: Path


def points(count: int, seed: int) -> list[tuple[float, float, int]]:
    """Points with a class: inside or outside of a circle."""
    source = random.Random(seed)
    pairs = [(source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(count)]
    return [(x, y, int(x * x + y * y < 0.5)) for x, y in pairs]


def prepare(folder: Path, rows: int) -> Data:
    made = {}
    for name, count, seed in [("train", rows, 1), ("test", rows // 4, 2)]:
        file = Path(folder) / f"{name}.csv"
        write(file, points(count, seed))
        made[name] = file
    return {"train": made["train"], "test": made["test"]}


def write(file: Path, table: list[tuple[float, float, int]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", newline="") as out:
        csv.writer(out).writerows(table)


def read(file: Path) -> tuple[list[list[float]], list[int]]:
    """Features and classes."""
    with open(file, newline="") as lines:
        table = [[float(cell) for cell in line] for line in csv.reader(lines)]
    return [line[:-1] for line in table], [int(line[-1]) for line in table]
