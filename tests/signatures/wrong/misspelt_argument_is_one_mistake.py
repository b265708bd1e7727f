# step: python app.steps:fit(row = 1)
# E0121: `fit` takes no argument `row`
def fit(rows: int) -> None:
    pass
