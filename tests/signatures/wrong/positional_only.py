# step: python app.steps:fit(rows = 1)
# E0711: `fit` takes `rows` by place alone, and a step gives arguments by name
def fit(rows: int, /) -> None:
    pass
