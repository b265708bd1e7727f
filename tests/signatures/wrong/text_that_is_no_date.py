# step: python app.steps:fit(day = "yesterday")
# E0201: `day` of `fit` expects date, but the value is a string
from datetime import date


def fit(day: date) -> None:
    pass
