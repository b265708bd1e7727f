# step: python app.steps:run(anything = 1)
def run(a: str) -> None:
    pass


run = print
