# step: python app.steps:fit(full = 1)
# E0201: `full` of `fit` takes bool, but this is int
def fit(full: bool) -> None:
    pass
