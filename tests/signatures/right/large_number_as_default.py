# step: python app.steps:run()
from datetime import date


def run(rows: int = 1e6, full: bool = 0, day: date = "2026-01-01") -> None:
    pass
