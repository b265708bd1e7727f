# step: python app.steps:fit(rows = true)
# E0201: `rows` of `fit` takes int | str, but this is bool
def fit(rows: int | str) -> None:
    pass
