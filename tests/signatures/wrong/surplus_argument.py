# step: python app.steps:fit(rows = 1, verbose = true)
# E0121: `fit` has no parameter `verbose`
def fit(rows: int) -> None:
    pass
