# step: python app.steps:run(a = 1)
from app.slow import *
from app.fast import *


# file: app/slow.py
def run(b):
    pass


# file: app/fast.py
def run(a):
    pass
