# Databricks notebook source
day = dbutils.widgets.get("day")
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

print(f"numbers of {catalog} on {day}")
