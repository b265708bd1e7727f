# step: python app.steps:fit()
# W0752: without an argument `depth` is "six", which is no int
def fit(depth: int = "six") -> None:
    pass
