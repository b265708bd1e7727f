# Databricks notebook source
dbutils.widgets.get("model")
