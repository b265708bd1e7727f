# step: python app.steps:fit()
# output: rows: int
# E0710: `fit` returns nothing
def fit() -> None:
    pass
