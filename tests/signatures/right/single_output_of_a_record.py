# step: python app.steps:run()
# output: rows: int
from typing import TypedDict


class Result(TypedDict, total=False):
    rows: int
    other: str


def run() -> Result:
    return {"rows": 1}
