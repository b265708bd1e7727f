# step: python app.steps:fit()
# E0212: missing arguments `rows` and `depth` of `fit`
def fit(rows: int, depth: int, seed: int = 0) -> None:
    pass
