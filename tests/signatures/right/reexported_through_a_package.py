# step: python app.sub:run(a = 1)
# output: rows: int
"""The module that is called is a package."""

# file: app/sub/__init__.py
from .deep import *
from .deep import run

__all__ = ["run"]


# file: app/sub/deep.py
def run(a: int) -> int:
    return a
