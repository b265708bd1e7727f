# step: python app.steps:run(anything = 1)
# output: rows: int
import functools


def step(function):
    @functools.wraps(function)
    def inner(**arguments):
        return 1

    return inner


@step
def run(a: str) -> str:
    return a
