# step: python app.steps:fit()
# output: names: list<string>
# E0201: output `names` is declared as list<string>, but `fit` returns set
def fit() -> set[str]:
    return {"a"}
