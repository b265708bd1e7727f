# step: python app.steps:fit()
# output: rows: int
# output: auc: float
# E0710: `fit` returns tuple, which has no names for several outputs
def fit() -> tuple[int, float]:
    return 1, 0.5
