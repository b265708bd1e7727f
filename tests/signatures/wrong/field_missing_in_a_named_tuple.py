# step: python app.steps:fit()
# output: model: string
# output: acu: float
# E0710: `fit` returns `Result`, which has no field `acu`
from typing import NamedTuple


class Result(NamedTuple):
    model: str
    auc: float


def fit() -> Result:
    return Result("m", 0.5)
