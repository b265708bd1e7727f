# step: python app.steps:run(a = source.words, b = source.sizes, c = [1, 2], d = source.numbers)
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def run(a: Sequence[str], b: Mapping[str, Any], c: Iterable[float], d: tuple[int, ...]) -> None:
    pass
