# step: python app.steps:run()
# E0708: `app.steps` takes `run` from `app.other`, which has none of that name
from .other import start as run


# file: app/other.py
def begin() -> None:
    pass
