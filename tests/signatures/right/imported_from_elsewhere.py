# step: python app.steps:run(a = 1)
from another_distribution.steps import run
