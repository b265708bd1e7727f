# step: python app.steps:run()
# output: result: json
from dataclasses import dataclass


@dataclass
class Result:
    rows: int


def run() -> Result:
    return Result(1)
