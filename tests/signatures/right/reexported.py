# step: python app.steps:run(a = 1)
# output: rows: int
from .impl import work as run


# file: app/impl.py
def work(a: int) -> int:
    return a
