"""The steps of this wheel's pipelines. Written by pipec; it needs nothing but the standard library.

A step is started with arguments of the form ``--name=value``. Each is converted to its declared type, the function is
called, and what it returns is published as task values for the steps after it.
"""

import dataclasses
import datetime
import importlib
import inspect
import json
import os
import pathlib
import sys

# The platform takes task values of up to 48 KiB, as JSON.
LIMIT = 48 * 1024


class StepError(Exception):
    """An argument or output that does not fit its declaration."""


def _element(kind):
    return kind[kind.index("<") + 1 : -1] if "<" in kind else "json"


def _check(value, kind):
    """A value read from JSON, as the declared type."""
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if kind.startswith("list"):
        if isinstance(value, list):
            return [_check(item, _element(kind)) for item in value]
    elif kind.startswith("map"):
        if isinstance(value, dict):
            return {key: _check(item, _element(kind)) for key, item in value.items()}
    elif kind == "json":
        return value
    elif isinstance(value, str):
        return _convert(value, kind)
    raise ValueError("not " + kind)


def _convert(text, kind):
    """The text of an argument, as the declared type."""
    if kind in ("string", "path", "table"):
        return text
    if kind == "pathlib.Path":
        return pathlib.Path(text)
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "bool":
        word = text.strip().lower()
        if word not in ("true", "false"):
            raise ValueError("not true or false")
        return word == "true"
    if kind == "date":
        return datetime.date.fromisoformat(text)
    if kind == "datetime":
        return datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    return _check(json.loads(text), kind)


def _arguments(step, declared, given):
    arguments = {}
    for word in given:
        name, equals, text = word[2:].partition("=") if word.startswith("--") else ("", "", word)
        if not equals:
            raise StepError("step %s: cannot read the argument %r; it should be --name=value" % (step, word))
        if name not in declared:
            raise StepError("step %s: there is no argument %r" % (step, name))
        try:
            arguments[name] = _convert(text, declared[name])
        except ValueError:
            raise StepError("step %s: argument %r is declared as %s, but its value is %r" % (step, name, declared[name], text)) from None
    missing = [name for name in declared if name not in arguments]
    if missing:
        raise StepError("step %s: missing argument %s" % (step, ", ".join(repr(name) for name in missing)))
    return arguments


def _fields(function):
    """The names in the record that a function is annotated to return; empty if it returns no record."""
    record = getattr(function, "__annotations__", {}).get("return")
    if isinstance(record, str):
        try:
            record = eval(record, getattr(function, "__globals__", {}))
        except Exception:  # an annotation that cannot be resolved is none
            return set()
    if dataclasses.is_dataclass(record):
        return {field.name for field in dataclasses.fields(record)}
    if hasattr(record, "_fields"):
        return set(record._fields)
    return set(record.__annotations__) if hasattr(record, "__total__") else set()


def _plain(value):
    """The value as JSON can hold it: records as dicts, dates and paths as text."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("%d does not fit into 64 bits; put it out as text" % value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {key: _plain(item) for key, item in zip(value._fields, value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "item") and type(value).__module__.startswith("numpy"):
        return value.item()
    return value


def _outputs(step, declared, function, result, by_name):
    if not declared:
        return {}
    if by_name is None:
        by_name = len(declared) > 1 or next(iter(declared)) in _fields(function)
    if not by_name:
        return {next(iter(declared)): result}
    values = {}
    for name in declared:
        if isinstance(result, dict) and name in result:
            values[name] = result[name]
        elif not isinstance(result, dict) and hasattr(result, name):
            values[name] = getattr(result, name)
        else:
            raise StepError("step %s: the function returned no %r" % (step, name))
    return values


def _dbutils():
    try:
        from databricks.sdk.runtime import dbutils

        return dbutils
    except ImportError:
        from pyspark.dbutils import DBUtils
        from pyspark.sql import SparkSession

        return DBUtils(SparkSession.builder.getOrCreate())


def _publish(step, values):
    encoded = {}
    for name, value in values.items():
        try:
            encoded[name] = json.dumps(_plain(value), allow_nan=False)
            # Half of a surrogate pair is no text that others could read.
            json.dumps(_plain(value), ensure_ascii=False).encode("utf-8")
        except (TypeError, ValueError) as error:
            raise StepError("step %s: output %r is no JSON: %s" % (step, name, error)) from None
        if len(encoded[name].encode()) > LIMIT:
            raise StepError(
                "step %s: output %r has %d bytes; the platform passes on at most %d. Write it to a table and put out its name"
                % (step, name, len(encoded[name].encode()), LIMIT)
            )
    local = os.environ.get("PIPEC_TASK_VALUES")
    if local:
        with open(local, "w", encoding="utf-8") as file:
            json.dump({name: json.loads(text) for name, text in encoded.items()}, file)
    elif encoded:
        store = _dbutils().jobs.taskValues
        for name, text in encoded.items():
            store.set(key=name, value=json.loads(text))


def _run(step, module, function, parameters, outputs, by_name):
    arguments = _arguments(step, parameters, sys.argv[1:])
    called = getattr(importlib.import_module(module), function)
    result = called(**arguments)
    if inspect.iscoroutine(result):
        import asyncio

        result = asyncio.run(result)
    _publish(step, _outputs(step, outputs, called, result, by_name))
