# step: python app.steps:fit(rows = 0.5)
# E0201: `rows` of `fit` expects int, but the value is a float
def fit(rows: int) -> None:
    pass
