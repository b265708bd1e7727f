"""Plain functions, which do not depend on any tool."""


def load_data() -> int:
    return 1000


def train(rows: int) -> str:
    return f"model of {rows} rows"


def evaluate(model: str) -> None:
    print(f"evaluating the {model}")
