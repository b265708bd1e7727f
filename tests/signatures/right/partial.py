# step: python app.steps:run(b = 2)
from functools import partial


def both(a, b):
    pass


run = partial(both, 1)
