"""Turns events into one row for each customer."""

import csv
from collections import defaultdict
from pathlib import Path


def build(events: Path, expected: int) -> Path:
    months = defaultdict(list)
    rows = 0
    with open(events, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            months[row["customer"]].append(row)
            rows += 1
    if rows != expected:
        raise ValueError(f"{events} has {rows} rows, but {expected} were written")
    training = events.with_name(events.name.replace("events", "training"))
    with open(training, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "minutes", "trend", "complaints", "left"])
        for customer, list_of_rows in sorted(months.items(), key=lambda item: int(item[0])):
            minutes = [float(row["minutes"]) for row in list_of_rows]
            complaints = sum(int(row["complaints"]) for row in list_of_rows)
            trend = minutes[-1] / minutes[0]
            writer.writerow([customer, round(minutes[-1], 1), round(trend, 4), complaints, list_of_rows[0]["left"]])
    return training
