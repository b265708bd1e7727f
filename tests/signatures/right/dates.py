# param: day: date = "2026-01-01"
# step: python app.steps:run(day, other = "2026-02-03", moment = source.moment, text = source.day)
import datetime as dt
from datetime import date


def run(day: date, other: dt.date, moment: dt.datetime, text: str) -> None:
    pass
