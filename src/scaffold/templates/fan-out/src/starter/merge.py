"""Merges and reports all regions."""


def merge(eu: int, us: int, apac: int) -> int:
    return eu + us + apac


def rebuild(total: int) -> None:
    print(f"built anew from {total} rows")


def refresh(total: int) -> None:
    print(f"refreshed with {total} rows")


def tell(state: str) -> None:
    print(f"merging ended with {state}")
