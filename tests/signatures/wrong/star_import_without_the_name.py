# step: python app.steps:run()
# E0708: module `app.steps` has no function `run`
from app.other import *


# file: app/other.py
def load() -> None:
    pass
