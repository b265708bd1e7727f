# step: python app.steps:Trainer(depth = 5)
class Trainer:
    def __init__(self, depth: int) -> None:
        self.depth = depth
