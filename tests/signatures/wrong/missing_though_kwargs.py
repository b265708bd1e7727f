# step: python app.steps:fit(depth = 1)
# E0212: missing argument `rows` of `fit`
def fit(rows, **options) -> None:
    pass
