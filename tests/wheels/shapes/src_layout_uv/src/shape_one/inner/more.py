def twice(a: int) -> int:
    return 2 * a
