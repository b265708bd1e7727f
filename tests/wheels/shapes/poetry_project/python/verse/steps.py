import datetime


def run(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)
