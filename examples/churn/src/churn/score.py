"""Scores the customers of one region."""


def run(region: str, model: str) -> None:
    import mlflow
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    customers = spark.table(f"customers_{region}").toPandas()
    customers["score"] = mlflow.sklearn.load_model(model).predict_proba(customers[["events"]])[:, 1]
    spark.createDataFrame(customers).write.mode("overwrite").saveAsTable(f"scores_{region}")
