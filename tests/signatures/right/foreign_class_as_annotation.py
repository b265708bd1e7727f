# step: python app.steps:run(a = 1, b = "x")
import pydantic
from somewhere import Text


def run(a: pydantic.PositiveInt, b: Text) -> None:
    pass
