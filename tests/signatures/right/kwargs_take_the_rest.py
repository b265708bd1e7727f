# step: python app.steps:run(a = 1, b = "x", c = 0.5)
def run(a: int, **rest) -> None:
    pass
