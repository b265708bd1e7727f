# step: python app.steps:fit(name = ["a", "b"])
# E0201: `name` of `fit` expects str, but the value is a list<string>
def fit(name: str) -> None:
    pass
