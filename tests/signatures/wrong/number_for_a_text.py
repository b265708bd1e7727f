# step: python app.steps:fit(name = 5)
# E0201: `name` of `fit` takes str, but this is int
def fit(name: str) -> None:
    pass
