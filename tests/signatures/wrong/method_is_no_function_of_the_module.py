# step: python app.steps:fit()
# E0708: module `app.steps` has no function `fit`
class Trainer:
    def fit(self) -> None:
        pass
