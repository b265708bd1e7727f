# step: python app.steps:run()
# output: rows: int
# output: auc: float
from other import Base


class Result(Base):
    rows: int


def run() -> Result:
    return Result()
