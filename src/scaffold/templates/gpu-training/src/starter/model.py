"""Trains on a GPU if there is one."""

import shutil
from pathlib import Path

from starter.data import read


def device() -> str:
    return "cuda" if shutil.which("nvidia-smi") else "cpu"


def train(data: Path, rounds: int) -> Path:
    import numpy
    import xgboost

    features, classes = read(data)
    matrix = xgboost.DMatrix(numpy.array(features), label=numpy.array(classes))
    settings = {"objective": "binary:logistic", "max_depth": 4, "seed": 1, "device": device()}
    booster = xgboost.train(settings, matrix, num_boost_round=rounds)
    model = Path(data).parent / "model.json"
    booster.save_model(model)
    print(f"trained {rounds} rounds on {settings['device']}")
    return model


def evaluate(model: Path, data: Path) -> float:
    import numpy
    import xgboost

    features, classes = read(data)
    booster = xgboost.Booster(model_file=str(model))
    chances = booster.predict(xgboost.DMatrix(numpy.array(features)))
    right = sum(int(chance >= 0.5) == wanted for chance, wanted in zip(chances, classes))
    return right / len(classes)


def keep(model: Path, accuracy: float) -> None:
    shutil.copy(model, Path(model).with_name("best.json"))
    print(f"kept, with an accuracy of {accuracy:.3f}")


def reject(accuracy: float) -> None:
    print(f"an accuracy of {accuracy:.3f} is not enough")
