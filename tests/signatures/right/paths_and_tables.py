# step: python app.steps:run(folder = source.folder, table = source.name, text = source.folder)
from pathlib import Path


def run(folder: Path, table: str, text: str) -> None:
    pass
