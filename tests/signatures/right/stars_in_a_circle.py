# step: python app.steps:run(a = 1)
from app.other import *


def run(a: int) -> None:
    pass


# file: app/other.py
from app.steps import *
