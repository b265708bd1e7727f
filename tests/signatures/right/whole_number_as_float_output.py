# step: python app.steps:run()
# output: share: float
def run() -> int:
    return 1
