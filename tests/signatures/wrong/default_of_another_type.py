# step: python app.steps:fit()
# W0752: default "six" of `depth` is not an int
def fit(depth: int = "six") -> None:
    pass
