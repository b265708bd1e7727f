# step: python app.steps:fit(rows = 1)
# E0212: missing argument `depth` of `fit`
def fit(rows: int, depth: int) -> None:
    pass
