# step: python app.steps:fit(rows = true)
# E0201: `rows` of `fit` takes int, but this is bool
def fit(rows: int) -> None:
    pass
