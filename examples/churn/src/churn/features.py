"""Turns events into one row for each customer."""


def build(events: str) -> str:
    from pyspark.sql import SparkSession, functions as f

    spark = SparkSession.builder.getOrCreate()
    customers = spark.table(events).groupBy("customer_id").agg(
        f.count("*").alias("events"),
        f.max("at").alias("last_seen"),
        f.max("left").alias("label"),
    )
    target = f"{events}_features"
    customers.write.mode("overwrite").saveAsTable(target)
    return target
