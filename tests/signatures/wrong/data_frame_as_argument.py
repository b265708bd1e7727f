# step: python app.steps:fit(rows = source.name)
# E0201: `rows` of `fit` expects pandas.DataFrame, but the value is a table
import pandas as pd


def fit(rows: pd.DataFrame) -> None:
    pass
