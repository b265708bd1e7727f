# step: python app.steps:run(at = source.day, since = "2026-11-22", day = source.moment)
import datetime


def run(at: datetime.datetime, since: datetime.datetime, day: datetime.date) -> None:
    pass
