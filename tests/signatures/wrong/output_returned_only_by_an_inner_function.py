# step: python app.steps:fit()
# output: rows: int
# E0710: `fit` never returns a value
def fit():
    def count():
        return 5

    count()
