# step: python app.steps:fit(rows = "5")
# E0201: `rows` of `fit` expects int, but the value is a string
from typing import NewType

Count = NewType("Count", int)


def fit(rows: Count) -> None:
    pass
