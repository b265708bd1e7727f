from importlib import resources


def run() -> str:
    return resources.files("shape_flat").joinpath("data/words.txt").read_text().strip()
