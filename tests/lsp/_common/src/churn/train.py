from typing import Literal, TypedDict


class Fitted(TypedDict):
    model: str
    auc: float


def fit(rows: str, depth: int = 6, *, solver: Literal["lbfgs", "saga"] = "lbfgs") -> Fitted:
    return {"model": rows, "auc": 0.5}


def run(country: str, source: str) -> int:
    return len(country + source)
