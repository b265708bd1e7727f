"""Reports a model that is not good enough."""


def send(auc: float, minimum: float) -> None:
    print(f"The new model was not registered: its AUC is {auc:.3f}, and {minimum} is asked for.")
