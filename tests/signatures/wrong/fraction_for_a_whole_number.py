# step: python app.steps:fit(rows = 0.5)
# E0201: `rows` of `fit` takes int, but this is float
def fit(rows: int) -> None:
    pass
