# Databricks notebook source
catalog = dbutils.widgets.get("catalog"); table = dbutils.widgets.get("table"); day=dbutils.widgets.get("day")
