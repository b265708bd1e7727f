# step: python app.steps:anything(a = 1)
def __getattr__(name):
    return lambda **arguments: None
