# step: python app.steps:fit(rows = "many")
# E0201: `rows` of `fit` takes int | None, but this is string
from typing import Optional


def fit(rows: Optional[int] = None) -> None:
    pass
