"""Compares pipec's table of the Jobs API, and compiled jobs, with the types of the installed databricks-sdk.

    python check_table.py table PIPEC        every field path of the SDK is in the table, with its type, or listed here
    python check_table.py jobs FILE...       every job JSON passes a strict walk of the SDK's annotations

Needs the package databricks-sdk (Apache-2.0); .ci/requirements.txt pins the version.
"""

import dataclasses
import enum
import json
import subprocess
import sys
import typing

from databricks.sdk.service import compute, jobs

# Paths of the SDK that the table omits, and why.
LEFT_OUT = {
    "git_source.git_snapshot": "read-only: what a run has checked out",
}

# Fields of the create request that are not fields of JobSettings.
CREATE_ONLY = {"access_control_list": typing.List[jobs.JobAccessControlRequest]}

# Members that the service accepts and the SDK's enum lacks.
EXTRA_MEMBERS = {}


def hints(cls):
    # The SDK imports its modules into each other for type checkers only.
    names = {**vars(sys.modules[cls.__module__]), "compute": compute}
    return typing.get_type_hints(cls, names, names)


def unwrap(hint):
    """The type without Optional."""
    if typing.get_origin(hint) is typing.Union:
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        if len(inner) == 1:
            return inner[0]
    return hint


def fields_of(cls):
    found = {name: unwrap(hint) for name, hint in hints(cls).items()}
    if cls is jobs.JobSettings:
        found.update(CREATE_ONLY)
    return found


def describe(hint):
    """The SDK's type as in `pipec schema --format json`, and its dataclass."""
    origin = typing.get_origin(hint)
    if origin in (list, typing.List):
        word, below = describe(unwrap(typing.get_args(hint)[0]))
        return ("list of text" if word == "text" else "list of objects"), below
    if origin in (dict, typing.Dict):
        return "map", None
    if dataclasses.is_dataclass(hint):
        return "block", hint
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "enum:" + "|".join(sorted(m.value for m in hint)), None
    return {str: "text", int: "int", bool: "bool", float: "number"}.get(hint, str(hint)), None


def paths(cls, prefix=""):
    for name, hint in fields_of(cls).items():
        word, below = describe(hint)
        path = prefix + name + ("[]" if word.startswith("list") else "")
        yield path, word
        if below is not None and not (name == "task" and prefix.endswith("for_each_task.")):
            yield from paths(below, path + ".")


def ours(row):
    text = row["type"]
    simple = {
        "string": "text", "int": "int", "float": "number", "bool": "bool", "map<string>": "map",
        "list<string>": "list of text",
    }
    if text in simple:
        return simple[text]
    if text.startswith("list of "):
        return "list of objects"
    if text.endswith(" block"):
        return "block"
    return "enum:" + "|".join(sorted(text.split(" | ")))


def check_table(pipec):
    table = {r["path"]: ours(r) for r in json.loads(subprocess.run([pipec, "schema", "--format", "json"], check=True, capture_output=True).stdout)}
    sdk = {}
    for path, word in paths(jobs.JobSettings):
        if not any(path == left or path.startswith(left + ".") for left in LEFT_OUT):
            sdk[path] = word
    wrong = []
    for path, word in sdk.items():
        if path not in table:
            wrong.append(f"{path}: in the SDK and not in the table")
        elif table[path] != word:
            missing = set(word.split("|")) - set(table[path].split("|")) if word.startswith("enum:") and table[path].startswith("enum:") else {word}
            if missing:
                wrong.append(f"{path}: the SDK says {word}, the table {table[path]}")
    for path in table:
        if path not in sdk:
            wrong.append(f"{path}: in the table and not in the SDK")
    print(f"{len(sdk)} field paths of the SDK, {len(LEFT_OUT)} left out, {len(table)} in the table, {len(wrong)} differ")
    return wrong


def walk(value, hint, path):
    hint = unwrap(hint)
    origin = typing.get_origin(hint)
    if origin in (list, typing.List):
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        return [e for i, v in enumerate(value) for e in walk(v, typing.get_args(hint)[0], f"{path}[{i}]")]
    if origin in (dict, typing.Dict):
        if not isinstance(value, dict):
            return [f"{path}: not a map"]
        return [f"{path}.{k}: not a text" for k, v in value.items() if not isinstance(v, str)]
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            return [f"{path}: not an object"]
        known = fields_of(hint)
        errors = [f"{path}.{k}: unknown field" for k in value if k not in known]
        return errors + [e for k, v in value.items() if k in known for e in walk(v, known[k], f"{path}.{k}")]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return [] if value in {m.value for m in hint} else [f"{path}: {value!r} is no member of {hint.__name__}"]
    if hint is float:
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif hint is int:
        good = isinstance(value, int) and not isinstance(value, bool)
    else:
        good = isinstance(value, hint)
    return [] if good else [f"{path}: {value!r} is no {hint.__name__}"]


def lost(value, read, path):
    """Fields that the SDK's own parser drops or changes."""
    if isinstance(value, dict):
        if not isinstance(read, dict):
            return [f"{path}: lost"]
        return [e for k, v in value.items() for e in (lost(v, read[k], f"{path}.{k}") if k in read else ([f"{path}.{k}: lost"] if v not in ({}, [], None) else []))]
    if isinstance(value, list):
        if not isinstance(read, list) or len(read) != len(value):
            return [f"{path}: lost"]
        return [e for i, v in enumerate(value) for e in lost(v, read[i], f"{path}[{i}]")]
    return [] if value == read else [f"{path}: {value!r} became {read!r}"]


def check_jobs(files):
    wrong = []
    for name in files:
        with open(name, encoding="utf-8") as file:
            job = json.load(file)
        wrong += [f"{name}: {e}" for e in walk(job, jobs.JobSettings, "job")]
        settings = {k: v for k, v in job.items() if k not in CREATE_ONLY}
        wrong += [f"{name}: {e}" for e in lost(settings, jobs.JobSettings.from_dict(settings).as_dict(), "job")]
    print(f"{len(files)} jobs walked, {len(wrong)} faults")
    return wrong


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    faults = check_table(rest[0]) if what == "table" else check_jobs(rest)
    print("\n".join(faults))
    sys.exit(1 if faults else 0)
