# step: python app.steps:fit(depth = "deep")
# E0201: `depth` of `fit` expects int, but the value is a string
def fit(**options: int) -> None:
    pass
