# step: python app.steps:run(a = 1, b = "x", c = source.data)
def run(a, b, c):
    pass
