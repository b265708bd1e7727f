# Databricks notebook source
# Registers the model that the training step has logged.

# COMMAND ----------

import mlflow

dbutils.widgets.text("model", "")
model = dbutils.widgets.get("model")

# COMMAND ----------

mlflow.register_model(model, "main.churn.model")
