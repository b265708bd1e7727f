# step: python app.steps:run(a = 1, b = "x")
from typing import TypeVar

T = TypeVar("T", bound=int)


def run[S](a: T, b: S) -> None:
    pass
