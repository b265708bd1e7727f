"""Reads the raw events of one country."""

from typing import TypedDict


class Ingested(TypedDict):
    rows: int
    events: str


def run(country: str, source: str) -> Ingested:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    events = spark.table(source).where(f"country = '{country}'")
    target = f"churn_events_{country.lower()}"
    events.write.mode("overwrite").saveAsTable(target)
    return {"rows": events.count(), "events": target}
