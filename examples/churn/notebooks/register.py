# Databricks notebook source
# MAGIC %md Copies the model to where the services load it from.

# COMMAND ----------

dbutils.widgets.text("model", "")
model = dbutils.widgets.get("model")

# COMMAND ----------

import pathlib
import shutil

registered = pathlib.Path(model).with_name("registered.pickle")
shutil.copyfile(model, registered)
print(f"registered {registered}")
