# step: python app.steps:run(a = 1)
from app.impl import *


# file: app/impl.py
def run(a: int) -> None:
    pass
