# step: python app.steps:fit(depth = "deep")
# E0201: `depth` of `fit` takes int, but this is string
def fit(**options: int) -> None:
    pass
