# step: python app.steps:fit(row = 1, dept = 2)
# E0121: `fit` has no parameter `row`
# E0121: `fit` has no parameter `dept`
def fit(rows: int, depth: int) -> None:
    pass
