# step: python app.steps:run(colour = "red", config = source.data)
import enum


class Colour(str, enum.Enum):
    RED = "red"


class Config:
    pass


def run(colour: Colour, config: Config) -> None:
    pass
