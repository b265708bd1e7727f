# step: python app.steps:fit(depth = 1)
# E0212: `fit` needs `rows`
def fit(rows, **options) -> None:
    pass
