# step: python app.steps:fitt(rows = 1)
# E0708: module `app.steps` has no function `fitt`
def fit(rows: int) -> None:
    pass
