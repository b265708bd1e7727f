"""Functions for the programs on the error pages."""

from typing import TypedDict


class Scores(TypedDict):
    auc: float
    loss: float


def fit(rows: int) -> str:
    return f"model of {rows} rows"


def announce(model: str) -> None:
    print(model)


def evaluate(model: str) -> Scores:
    return {"auc": 0.9, "loss": 0.1}


def report(auc: float, loss: float) -> None:
    print(auc, loss)


def batches():
    yield from range(10)


def all_batches() -> list[int]:
    return list(batches())


def tune(depth: int = "six") -> None:
    print(depth)
