# step: python app.steps:fit()
# output: rows: int
# output: name: string
# E0201: `rows` is int, but `fit` returns float
# E0201: `name` is string, but `fit` returns float
def fit() -> dict[str, float]:
    return {"rows": 1.0, "name": 2.0}
