# step: python app.steps:run(a = true)
from other import Thing


def run(a: int | Thing) -> None:
    pass
