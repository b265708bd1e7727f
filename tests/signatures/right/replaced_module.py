# step: python app.steps:run(a = 1)
import sys

sys.modules[__name__] = object()
