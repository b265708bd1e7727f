# Databricks notebook source
# MAGIC %md Puts the model where the services look for it.

# COMMAND ----------

dbutils.widgets.text("model", "")
model = dbutils.widgets.get("model")

# COMMAND ----------

import pathlib
import shutil

registered = pathlib.Path(model).with_name("registered.pickle")
shutil.copyfile(model, registered)
print(f"registered {registered}")
