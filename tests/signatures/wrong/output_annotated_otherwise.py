# step: python app.steps:fit()
# output: rows: int
# E0201: output `rows` is declared as int, but `fit` returns str
def fit() -> str:
    return "5"
