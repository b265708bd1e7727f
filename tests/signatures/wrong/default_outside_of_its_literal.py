# step: python app.steps:fit()
# W0752: default "slow" of `mode` is not a Literal["fast", "exact"]
from typing import Literal


def fit(mode: Literal["fast", "exact"] = "slow") -> None:
    pass
