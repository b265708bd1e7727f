# step: python app.steps:run(a = 1)
from typing import Annotated


def run(a: Annotated[int, "rows", lambda x: x > 0]) -> None:
    pass
