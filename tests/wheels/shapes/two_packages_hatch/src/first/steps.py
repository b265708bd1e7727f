from second import value


def run() -> int:
    return value
