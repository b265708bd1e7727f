# step: python app.steps:fit(rows = source.text)
# E0201: `rows` of `fit` takes int, but this is string
def fit(rows: int) -> None:
    pass
