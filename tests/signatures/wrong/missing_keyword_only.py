# step: python app.steps:fit(rows = 1)
# E0212: `fit` needs `depth`
def fit(rows: int, *, depth: int) -> None:
    pass
