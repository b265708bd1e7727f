# step: python app.steps:fit(rows = true)
# E0201: `rows` of `fit` expects int | str, but the value is a bool
def fit(rows: int | str) -> None:
    pass
