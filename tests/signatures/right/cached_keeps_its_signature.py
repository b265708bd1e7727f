# step: python app.steps:run(a = 1)
# output: rows: int
from functools import lru_cache


@lru_cache(maxsize=None)
def run(a: int) -> int:
    return a
