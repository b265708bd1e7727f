# step: python app.steps:run(a = 1, b = source.words)
from typing import TypeAlias

Count: TypeAlias = int
type Names = list[str]


def run(a: Count, b: Names) -> None:
    pass
