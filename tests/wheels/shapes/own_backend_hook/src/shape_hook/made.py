__version__ = ".".join(str(n) for n in (1, 2, 3))


def run() -> str:
    return __version__
