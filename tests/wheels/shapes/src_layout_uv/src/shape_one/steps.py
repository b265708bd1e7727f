from shape_one.inner.more import twice


def run(a: int) -> int:
    return twice(a)
