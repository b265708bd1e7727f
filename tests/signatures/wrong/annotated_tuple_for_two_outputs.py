# step: python app.steps:fit()
# output: rows: int
# output: auc: float
# E0710: `fit` returns tuple, and several outputs are taken by name
def fit() -> tuple[int, float]:
    return 1, 0.5
