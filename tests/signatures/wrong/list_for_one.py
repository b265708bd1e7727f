# step: python app.steps:fit(name = ["a", "b"])
# E0201: `name` of `fit` takes str, but this is list<string>
def fit(name: str) -> None:
    pass
