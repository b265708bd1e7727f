# step: python app.steps:run(a = 1)
from typing import overload


@overload
def run(a: str) -> str: ...
@overload
def run(a: int) -> int: ...
def run(a):
    return a
