# step: python app.steps:fit()
# output: rows: int
# E0201: `rows` is int, but `fit` returns a dict
def fit():
    return {"rows": 1}
