"""Loads regions and files."""

from pathlib import Path


def region(region: str, full: bool) -> list[str]:
    pattern = "*.csv" if full else "*_new.csv"
    return sorted(str(path) for path in Path("landing", region).glob(pattern))


def check(file: str) -> None:
    with open(file, encoding="utf-8") as lines:
        header = next(lines).rstrip().split(",")
        for number, line in enumerate(lines, start=2):
            if len(line.split(",")) != len(header):
                raise ValueError(f"{file}:{number}: expected {len(header)} fields")
