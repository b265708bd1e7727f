# step: python app.steps:run(b = 1)
def run(a: int = 0, /, b: int = 1) -> None:
    pass
