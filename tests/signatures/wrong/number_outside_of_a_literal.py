# step: python app.steps:fit(level = 3)
# E0202: `level` of `fit` must be 1 or 2, not 3
from typing import Literal


def fit(level: Literal[1, 2]) -> None:
    pass
