# step: python app.steps:fit(region = "asia")
# E0202: `region` of `fit` must be "eu" or "us", not "asia"
import typing as t

Region = t.Literal["eu", "us"]


def fit(region: Region) -> None:
    pass
