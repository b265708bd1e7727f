# step: python app.steps:fit(sizes = source.sizes)
# E0201: `sizes` of `fit` expects dict[str, str], but the value is a map<int>
def fit(sizes: "dict[str, str]") -> None:
    pass
