# step: python app.steps:run(a = 1)
from other_package import *
