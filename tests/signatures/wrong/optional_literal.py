# step: python app.steps:fit(mode = "fst")
# E0202: `mode` of `fit` must be "fast" or "exact", not "fst"
from typing import Literal, Optional


def fit(mode: Optional[Literal["fast", "exact"]] = None) -> None:
    pass
