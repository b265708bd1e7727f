# step: python app.steps:fit()
# output: rows: table
# E0201: `rows` is table, but `fit` returns pyspark.sql.DataFrame
from pyspark.sql import DataFrame


def fit() -> DataFrame:
    ...
