# step: python app.steps:run()
# output: rows: int
from typing import NamedTuple, Optional


class Result(NamedTuple):
    rows: int


def run() -> Optional[Result]:
    return Result(1)
