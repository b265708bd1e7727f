# step: python app.steps:fit(row = 1, dept = 2)
# E0121: `fit` takes no argument `row`
# E0121: `fit` takes no argument `dept`
def fit(rows: int, depth: int) -> None:
    pass
