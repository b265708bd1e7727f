# step: python app.steps:fit(names = source.numbers)
# E0201: `names` of `fit` expects list[str], but the value is a list<int>
def fit(names: list[str]) -> None:
    pass
