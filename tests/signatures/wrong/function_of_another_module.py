# step: python app.steps:load()
# E0708: module `app.steps` has no function `load`
def save() -> None:
    pass


# file: app/other.py
def load() -> None:
    pass
