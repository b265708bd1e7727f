# step: python app.steps:fit(rows = "many")
# E0201: `rows` of `fit` expects int | None, but the value is a string
from typing import Optional


def fit(rows: Optional[int] = None) -> None:
    pass
