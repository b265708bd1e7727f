# step: python app.steps:_fit()
# E0708: module `app.steps` has no function `_fit`
from app.other import *


# file: app/other.py
def _fit() -> None:
    pass
