# step: python app.steps:fit(names = source.numbers)
# E0201: `names` of `fit` takes list[str], but this is list<int>
def fit(names: list[str]) -> None:
    pass
