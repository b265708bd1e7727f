# step: python app.steps:fit()
# output: rows: int
# output: events: table
# E0710: `fit` returns `Result`, which has no field `events`
from typing import TypedDict


class Result(TypedDict):
    rows: int


def fit() -> Result:
    return {"rows": 1}
