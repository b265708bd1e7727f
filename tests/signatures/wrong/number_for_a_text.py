# step: python app.steps:fit(name = 5)
# E0201: `name` of `fit` expects str, but the value is an int
def fit(name: str) -> None:
    pass
