# Databricks notebook source
day = dbutils.widgets.get("day")
