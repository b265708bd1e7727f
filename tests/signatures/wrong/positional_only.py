# step: python app.steps:fit(rows = 1)
# E0711: `rows` can be given by place alone, and a step gives it by name
def fit(rows: int, /) -> None:
    pass
