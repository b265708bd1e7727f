# step: python app.steps:fit(rows = source.text)
# E0201: `rows` of `fit` expects int, but the value is a string
def fit(rows: int) -> None:
    pass
