"""The steps of the pipeline: plain functions that `pipeline.pipe` calls by name."""

import json
from collections import Counter
from pathlib import Path
from typing import TypedDict

TEXTS = [
    "the compiler reads the pipeline before the cluster starts",
    "the cluster starts and the pipeline runs",
    "the pipeline runs every morning",
]


class Counts(TypedDict):
    words: int
    most: str


def collect(folder: Path) -> Path:
    """Writes the texts of the day, and returns their folder."""
    file = Path(folder) / "texts.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(TEXTS))
    return file


def count(texts: Path, minimum: int) -> Counts:
    """Counts the words that occur at least `minimum` times."""
    counter = Counter(word for text in json.loads(Path(texts).read_text()) for word in text.split())
    often = [word for word, times in counter.most_common() if times >= minimum]
    return {"words": len(often), "most": often[0] if often else ""}


def report(words: int, most: str) -> None:
    print(f"{words} words occur often, {most!r} most of all")


def warn(words: int) -> None:
    print(f"only {words} words occur often")
