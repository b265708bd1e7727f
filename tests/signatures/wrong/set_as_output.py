# step: python app.steps:fit()
# output: names: list<string>
# E0201: `names` is list<string>, but `fit` returns set
def fit() -> set[str]:
    return {"a"}
