# step: python app.steps:run(a = 1)
from app.other import Count


def run(a: Count) -> None:
    pass


# file: app/other.py
from app.steps import Count
