# step: python app.steps:run(a = 1)
from app.other import run


# file: app/other.py
from app.steps import run
