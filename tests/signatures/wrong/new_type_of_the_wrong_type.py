# step: python app.steps:fit(rows = "5")
# E0201: `rows` of `fit` takes int, but this is string
from typing import NewType

Count = NewType("Count", int)


def fit(rows: Count) -> None:
    pass
