# step: python app.steps:run()
# output: rows: int
def run():
    raise NotImplementedError
