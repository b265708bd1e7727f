# step: python app.steps:run()
# E0708: `app.steps` imports `run` from `app.other`, which does not define it
from .other import start as run


# file: app/other.py
def begin() -> None:
    pass
