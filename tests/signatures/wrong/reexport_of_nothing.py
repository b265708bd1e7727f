# step: python app.steps:run()
# E0708: `app.steps` takes `run` from `app.other`, which has none of that name
from app.other import run


# file: app/other.py
def runs() -> None:
    pass
