# step: python app.steps:run()
# output: hits: int
# output: precision: float
# output: note: string
from dataclasses import dataclass


@dataclass
class Result:
    hits: int
    misses: int

    def __post_init__(self):
        self.note = "made"

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.misses)


def run() -> Result:
    return Result(1, 2)
