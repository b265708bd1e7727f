# Databricks notebook source
day = dbutils.widgets.get("day")
print(f"the cube of {day}")
