# step: python app.steps:fit()
# output: rows: table
# E0201: output `rows` is declared as table, but `fit` returns pyspark.sql.DataFrame
from pyspark.sql import DataFrame


def fit() -> DataFrame:
    ...
