# step: python app.steps:run(share = 1)
def run(share: float) -> None:
    pass
