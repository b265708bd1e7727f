def load() -> None:
    pass


def count() -> int:
    return 1000
