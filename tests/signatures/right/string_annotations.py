# step: python app.steps:run(a = 1, b = ["x"], c = source.sizes)
from __future__ import annotations

import typing as t


def run(a: "int", b: "t.List['str']", c: t.Dict[str, int]) -> "None":
    pass
