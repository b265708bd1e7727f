"""Maintains the tables."""


def compact(table: str, key: str) -> None:
    print(f"compacting {table} by {key}")


def rebuild() -> None:
    print("rebuilding everything")


def refresh() -> None:
    print("refreshing what is new")


def tell(state: str) -> None:
    print(f"the European load ended as {state}")
