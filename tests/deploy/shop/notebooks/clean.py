# Databricks notebook source
rows = dbutils.widgets.get("rows")
print(rows)
