# step: python app.steps:inner()
# E0708: module `app.steps` has no function `inner`
def outer():
    def inner() -> None:
        pass

    return inner
