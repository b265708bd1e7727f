# step: python app.steps:fit(rows = 1)
# E0711: parameter `rows` of `fit` is positional-only, but steps pass arguments by name
def fit(rows: int, /) -> None:
    pass
