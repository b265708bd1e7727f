# step: python app.steps:fit()
# output: rows: int
# output: name: string
# E0201: output `rows` is declared as int, but `fit` returns float
# E0201: output `name` is declared as string, but `fit` returns float
def fit() -> dict[str, float]:
    return {"rows": 1.0, "name": 2.0}
