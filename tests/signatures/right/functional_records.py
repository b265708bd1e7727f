# step: python app.steps:run()
# output: rows: int
# output: auc: float
from typing import NamedTuple, TypedDict

Result = TypedDict("Result", {"rows": int, "auc": float})
Pair = NamedTuple("Pair", [("rows", int), ("auc", float)])


def run() -> Result | Pair:
    return {"rows": 1, "auc": 0.5}
