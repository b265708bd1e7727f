# step: python app.steps:fit()
# output: rows: int
# E0710: `fit` never returns a value
def fit():
    print("done")
