# step: python app.steps:run()
# output: folder: path
# output: day: date
# output: name: table
from datetime import date
from pathlib import Path
from typing import NamedTuple


class Result(NamedTuple):
    folder: Path
    day: date
    name: str


def run() -> Result: ...
