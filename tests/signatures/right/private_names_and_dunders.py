# step: python app.steps:_run(_a = 1)
def _run(_a: int) -> None:
    pass
