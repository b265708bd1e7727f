"""A single module.

With more to say.
"""

__version__ = "0.9"


def run(share: float, full: bool = True) -> float:
    return share if full else 0.0
