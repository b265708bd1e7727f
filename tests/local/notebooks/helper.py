# Databricks notebook source


def double(number):
    return 2 * number
