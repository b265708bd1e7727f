# step: python app.steps:fit(day = "2026-11-22T10:00:00")
# E0201: `day` of `fit` expects date, but the value is a string
from datetime import date


def fit(day: date) -> None:
    pass
