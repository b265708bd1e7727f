# param: day: date = "2026-01-01"
# step: python app.steps:fit(day)
# E0201: `day` of `fit` takes int, but this is date
def fit(day: int) -> None:
    pass
