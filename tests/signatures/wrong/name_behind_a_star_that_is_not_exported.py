# step: python app.steps:fit()
# E0708: module `app.steps` has no function `fit`
from app.other import *


# file: app/other.py
__all__ = ["load"]


def load() -> None:
    pass


def fit() -> None:
    pass
