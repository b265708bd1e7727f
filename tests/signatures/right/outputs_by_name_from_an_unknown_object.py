# step: python app.steps:run()
# output: rows: int
# output: auc: float
from other import make


def run():
    return make()
