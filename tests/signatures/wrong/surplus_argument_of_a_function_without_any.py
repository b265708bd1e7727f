# step: python app.steps:fit(rows = 1)
# E0121: `fit` takes no argument `rows`
def fit() -> None:
    pass
