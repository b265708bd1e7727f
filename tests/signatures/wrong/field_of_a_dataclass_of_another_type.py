# step: python app.steps:fit()
# output: rows: int
# output: name: string
# E0201: output `rows` is declared as int, but `fit` returns str
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    rows: str
    name: str


def fit() -> Result:
    return Result("1", "x")
