# step: python app.steps:fit(full = 1)
# E0201: `full` of `fit` expects bool, but the value is an int
def fit(full: bool) -> None:
    pass
