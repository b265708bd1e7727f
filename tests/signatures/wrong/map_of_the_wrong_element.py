# step: python app.steps:fit(sizes = source.sizes)
# E0201: `sizes` of `fit` takes dict[str, str], but this is map<int>
def fit(sizes: "dict[str, str]") -> None:
    pass
