"""Loads and checks files."""

from pathlib import Path
from typing import TypedDict

FILES = {"eu": 3, "us": 2, "apac": 1}


class Loaded(TypedDict):
    files: list[str]
    rows: int


def region(region: str, folder: Path) -> Loaded:
    """Writes the files of a region."""
    files = []
    rows = 0
    for number in range(FILES[region]):
        file = Path(folder) / region / f"part-{number}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{region},{number},{line}" for line in range(10 * (number + 1))]
        file.write_text("\n".join(lines) + "\n")
        files.append(file.name)
        rows += len(lines)
    return {"files": files, "rows": rows}


def check(file: str) -> None:
    if not file.endswith(".csv"):
        raise ValueError(f"{file} is no CSV file")
    print(f"{file} is as it should be")
