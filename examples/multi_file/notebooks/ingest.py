# Databricks notebook source
day = dbutils.widgets.get("day")
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

print(f"ingest of {catalog} on {day}")
