# step: python app.steps:run(mode = "fast", level = 2, name = source.text)
from typing import Literal

Mode = Literal["fast", "exact"]


def run(mode: Mode, level: Literal[1, 2], name: Mode) -> None:
    pass
