# Databricks notebook source
# MAGIC %md
# MAGIC Reads outputs of other steps.

# COMMAND ----------

# MAGIC %run ./helper

# COMMAND ----------

dbutils.widgets.text("country", "none")
dbutils.widgets.text("extra", "a default")
assert dbutils.widgets.get("country") == "DE", dbutils.widgets.getAll()
assert dbutils.widgets.get("extra") == "a default"
assert dbutils.widgets.get("given") == "3"
assert dbutils.jobs.taskValues.get(taskKey="make", key="words") == ["a", "b c", 'd"e']
assert dbutils.jobs.taskValues.get(taskKey="make", key="nothing", default=7) == 7

# COMMAND ----------

dbutils.jobs.taskValues.set(key="twice", value=double(3))
dbutils.notebook.exit("enough")

# COMMAND ----------

raise RuntimeError("a cell after the end")
