# step: python app.steps:run(a = 1)
from typing import Optional, Union


def run(a: Optional[int], b: Union[str, None] = None, c: "int | None" = None) -> None:
    pass
