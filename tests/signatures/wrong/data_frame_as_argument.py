# step: python app.steps:fit(rows = source.name)
# E0201: `rows` of `fit` takes pandas.DataFrame, but this is table
import pandas as pd


def fit(rows: pd.DataFrame) -> None:
    pass
