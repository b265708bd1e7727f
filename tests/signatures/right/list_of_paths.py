# step: python app.steps:run(files = source.words)
from pathlib import Path


def run(files: list[Path]) -> None:
    print([f.name for f in files])
