# step: python app.steps:fit(day = "yesterday")
# E0201: `day` of `fit` takes date, but this is string
from datetime import date


def fit(day: date) -> None:
    pass
