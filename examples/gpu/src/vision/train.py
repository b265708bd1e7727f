"""Trains on one GPU or several."""


def fit(data: str, epochs: int) -> str:
    import mlflow
    import torch
    from torchvision import datasets, models, transforms

    images = datasets.ImageFolder(data, transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()]))
    loader = torch.utils.data.DataLoader(images, batch_size=64, shuffle=True)
    model = models.resnet18(num_classes=len(images.classes)).cuda()
    optimizer = torch.optim.AdamW(model.parameters())
    for _ in range(epochs):
        for batch, labels in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(batch.cuda()), labels.cuda()).backward()
            optimizer.step()
    with mlflow.start_run():
        return mlflow.pytorch.log_model(model, name="model").model_uri


def fit_distributed(data: str, epochs: int, gpus_per_node: int) -> str:
    from pyspark.ml.torch.distributor import TorchDistributor
    from pyspark.sql import SparkSession

    workers = int(SparkSession.builder.getOrCreate().conf.get("spark.databricks.clusterUsageTags.clusterWorkers"))
    distributor = TorchDistributor(num_processes=workers * gpus_per_node, local_mode=False, use_gpu=True)
    return distributor.run(fit, data, epochs)
