# step: python app.steps:fit()
# output: rows: int
# output: acu: float
# E0710: `fit` returns `Result`, which has no field `acu`
from typing import Optional, TypedDict


class Result(TypedDict):
    rows: int
    auc: float


def fit() -> Optional[Result]:
    return None
