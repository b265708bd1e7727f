# step: python app.steps:fit()
# E0212: `fit` needs `rows` and `depth`
def fit(rows: int, depth: int, seed: int = 0) -> None:
    pass
