"""Measures a model."""


def score(model: str, data: str) -> float:
    import mlflow
    import torch
    from torchvision import datasets, transforms

    images = datasets.ImageFolder(data, transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()]))
    network = mlflow.pytorch.load_model(model).eval()
    with torch.no_grad():
        right = sum(int(network(image[None].cuda()).argmax()) == label for image, label in images)
    return right / len(images)
