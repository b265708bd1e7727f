# step: python app.steps:fit(row = 1)
# E0121: `fit` has no parameter `row`
def fit(rows: int) -> None:
    pass
