# param: day: date = "2026-01-01"
# step: python app.steps:fit(day)
# E0201: `day` of `fit` expects int, but the value is a date
def fit(day: int) -> None:
    pass
