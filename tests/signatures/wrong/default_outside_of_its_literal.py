# step: python app.steps:fit()
# W0752: without an argument `mode` is "slow", which is no Literal["fast", "exact"]
from typing import Literal


def fit(mode: Literal["fast", "exact"] = "slow") -> None:
    pass
