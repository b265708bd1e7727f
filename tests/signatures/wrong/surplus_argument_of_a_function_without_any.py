# step: python app.steps:fit(rows = 1)
# E0121: `fit` has no parameter `rows`
def fit() -> None:
    pass
