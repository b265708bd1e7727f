# step: python app.steps:fit()
# E0201: without an argument `depth` is "six", which is no int
def fit(depth: int = "six") -> None:
    pass
