# step: python app.steps:run(a = 1)
def run(a: int, b: int = 2, *, c: str = "x", d=None) -> None:
    pass
