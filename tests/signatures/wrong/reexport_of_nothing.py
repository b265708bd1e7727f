# step: python app.steps:run()
# E0708: `app.steps` imports `run` from `app.other`, which does not define it
from app.other import run


# file: app/other.py
def runs() -> None:
    pass
