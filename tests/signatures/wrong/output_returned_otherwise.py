# step: python app.steps:fit()
# output: rows: int
# E0201: `rows` is int, but `fit` returns str
def fit(rows=3):
    return f"{rows} rows"
