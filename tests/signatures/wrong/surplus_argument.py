# step: python app.steps:fit(rows = 1, verbose = true)
# E0121: `fit` takes no argument `verbose`
def fit(rows: int) -> None:
    pass
