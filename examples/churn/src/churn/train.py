"""Fits the model."""

from typing import NamedTuple


class Trained(NamedTuple):
    model: str
    auc: float


def fit(rows: str, depth: int) -> Trained:
    import mlflow
    from pyspark.sql import SparkSession
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    data = SparkSession.builder.getOrCreate().table(rows).toPandas()
    features, label = data[["events"]], data["label"]
    model = HistGradientBoostingClassifier(max_depth=depth).fit(features, label)
    auc = float(roc_auc_score(label, model.predict_proba(features)[:, 1]))
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(model, name="model")
    return Trained(model=info.model_uri, auc=auc)
