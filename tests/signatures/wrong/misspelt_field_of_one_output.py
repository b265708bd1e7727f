# step: python app.steps:fit()
# output: acu: float
# E0710: `fit` returns `Result`, which has no field `acu`
from typing import TypedDict


class Result(TypedDict):
    rows: int
    auc: float


def fit() -> Result:
    return {"rows": 1, "auc": 0.5}
