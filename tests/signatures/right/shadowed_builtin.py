# step: python app.steps:run(a = "x")
class int:
    pass


def run(a: int) -> None:
    pass
