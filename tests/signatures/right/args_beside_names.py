# step: python app.steps:run(a = 1, b = 2)
def run(a: int, *more: int, b: int) -> None:
    pass
