# step: python app.steps:run()
def run(a: int = None, b: str = None) -> None:
    pass
