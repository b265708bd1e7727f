# step: python app.steps:fit(mode = "fats")
# E0202: `mode` of `fit` must be "fast" or "exact", not "fats"
from typing import Literal


def fit(mode: Literal["fast", "exact"]) -> None:
    pass
