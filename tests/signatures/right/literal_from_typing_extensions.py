# step: python app.steps:run(mode = "fast")
try:
    from typing import Literal
except ImportError:
    from typing_extensions import Literal


def run(mode: Literal["fast", "exact"]) -> None:
    pass
