# step: python app.steps:run(a = 1)
def run(b):
    pass


try:
    from app.fast import *
except ImportError:
    pass


# file: app/fast.py
def run(a):
    pass
