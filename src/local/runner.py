"""Runs one step of a pipeline locally, with replacements for the platform's modules.

    python runner.py SPEC

SPEC is a JSON file from pipec: the kind of step, what to run, its arguments, and the file for its values. Requires only the
standard library.
"""

import builtins
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import time
import types

LIMIT = 48 * 1024


class NotebookExit(BaseException):
    """Ends a notebook early: `dbutils.notebook.exit`."""


class Values:
    """`dbutils.jobs.taskValues`."""

    def __init__(self, path, known):
        self._path = path
        self._known = known
        self._own = {}

    def set(self, key, value):
        text = json.dumps(value, allow_nan=False)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        if len(text.encode()) > LIMIT:
            raise ValueError("task value %r has %d bytes; the limit is %d" % (key, len(text.encode()), LIMIT))
        self._own[key] = value
        with open(self._path, "w", encoding="utf-8") as file:
            json.dump(self._own, file)

    def get(self, taskKey, key, default=None, debugValue=None):
        values = self._known.get(taskKey)
        if values is not None and key in values:
            return values[key]
        if default is not None:
            return default
        raise ValueError("task %r did not set the task value %r" % (taskKey, key))


class Widgets:
    """`dbutils.widgets`: the parameters of the step, and the defaults of the notebook."""

    def __init__(self, given):
        self._values = dict(given)

    def _declare(self, name, defaultValue="", *rest, **more):
        self._values.setdefault(name, str(defaultValue))

    text = dropdown = combobox = multiselect = _declare

    def get(self, name):
        if name not in self._values:
            raise ValueError("unknown widget %r; the step passes %s" % (name, ", ".join(map(repr, self._values)) or "none"))
        return self._values[name]

    getArgument = get

    def getAll(self):
        return dict(self._values)

    def remove(self, name):
        self._values.pop(name, None)

    def removeAll(self):
        self._values.clear()


class Secrets:
    """`dbutils.secrets`: from environment variables, PIPEC_SECRET_<SCOPE>_<KEY>."""

    def get(self, scope, key):
        name = "PIPEC_SECRET_%s_%s" % (scope, key)
        name = "".join(c if c.isalnum() else "_" for c in name).upper()
        if name not in os.environ:
            raise ValueError("secret %s/%s is not available; set the environment variable %s" % (scope, key, name))
        return os.environ[name]


class Absent:
    """A part of the platform that is not available locally."""

    def __init__(self, what):
        self._what = what

    def __getattr__(self, name):
        raise NotImplementedError("%s.%s is not available locally" % (self._what, name))


class Notebook:
    """`dbutils.notebook`."""

    def exit(self, value=""):
        print("notebook ended with:", value)
        raise NotebookExit(value)

    def run(self, path, timeout_seconds=0, arguments=None):
        raise NotImplementedError("dbutils.notebook.run is not available locally; run the other notebook in a separate step")


class Dbutils:
    def __init__(self, spec):
        self.widgets = Widgets(spec.get("widgets", {}))
        self.jobs = types.SimpleNamespace(taskValues=Values(spec["values"], spec["known"]))
        self.notebook = Notebook()
        self.secrets = Secrets()
        self.fs = Absent("dbutils.fs")


class Spark:
    """A Spark session, created on first use if pyspark is installed."""

    def __getattr__(self, name):
        if importlib.util.find_spec("pyspark") is None:
            raise NotImplementedError("spark.%s requires pyspark, which is not installed; pass `--with pyspark`" % name)
        from pyspark.sql import SparkSession

        return getattr(SparkSession.builder.getOrCreate(), name)


def provide(dbutils, session):
    """Makes the replacements importable under the names of the platform."""

    def module(name, **names):
        try:
            present = importlib.util.find_spec(name) is not None
        except ModuleNotFoundError:
            present = False
        made = sys.modules.get(name) if name in sys.modules else None
        if made is None and present and not names:
            return
        made = made or types.ModuleType(name)
        made.__dict__.update(names)
        if not names:
            made.__path__ = []
        sys.modules[name] = made

    module("databricks")
    module("databricks.sdk")
    module("databricks.sdk.runtime", dbutils=dbutils, spark=session, display=print, displayHTML=print, getArgument=dbutils.widgets.get)
    if importlib.util.find_spec("pyspark") is None:
        return
    module("pyspark.dbutils", DBUtils=lambda *_: dbutils)


def wheel(spec):
    distribution = importlib.metadata.distribution(spec["package"])
    sys.argv = [spec["entry_point"], *spec["arguments"]]
    found = [entry for entry in distribution.entry_points if entry.name == spec["entry_point"]]
    # First entry points of pipec, then those of other groups, then a function of the package.
    found.sort(key=lambda entry: entry.group != "pipec.steps")
    if found:
        found[0].load()()
        return
    package = importlib.import_module(spec["package"].replace("-", "_"))
    called = getattr(package, spec["entry_point"], None)
    if called is None:
        raise SystemExit("the wheel of %s has no entry point %s" % (spec["package"], spec["entry_point"]))
    called()


def notebook(path, names):
    """Runs the cells of a source notebook in one namespace; `%run` includes another notebook."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    python = False
    for number, line in enumerate(lines):
        if line.startswith("# COMMAND ----------"):
            python = False
        elif line.startswith("# MAGIC %run"):
            words = line[len("# MAGIC %run") :].split()
            lines[number] = "__pipec_run__(%r)" % (words[0].strip("\"'") if words else "")
        elif line.startswith("# MAGIC %pip"):
            print("skipped locally: %s" % line[len("# MAGIC ") :])
        elif line.startswith("# MAGIC %python"):
            python = True
        elif python and line.startswith("# MAGIC"):
            lines[number] = line[len("# MAGIC ") :]
    folder = os.path.dirname(path)

    def run(target):
        other = os.path.join(folder, target)
        notebook(other if other.endswith(".py") else other + ".py", names)

    names["__pipec_run__"] = run
    names["__file__"] = path
    exec(compile("\n".join(lines) + "\n", path, "exec"), names)


# Strings, quoted names and comments of SQL, whose colons have no meaning, or a named parameter.
PARAMETER = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::)|:([A-Za-z_]\w*)", re.S)
IDENTIFIER = re.compile(r"\bidentifier\s*\(([^()]*)\)", re.I)


def named(text, parameters):
    """Resolves `IDENTIFIER(...)` of literals and parameters to a quoted name."""

    def name(match):
        parts = []
        for part in match.group(1).split("||"):
            part = part.strip()
            if part.startswith(":") and part[1:] in parameters:
                parts.append(parameters[part[1:]])
            elif len(part) > 1 and part[0] == part[-1] == "'":
                parts.append(part[1:-1])
            else:
                raise SystemExit("%s: locally, IDENTIFIER supports only strings and parameters joined by ||" % match.group(0))
        return ".".join('"%s"' % p.replace('"', '""') for p in "".join(parts).split("."))

    return IDENTIFIER.sub(name, text)


def connect(path):
    """One process at a time may write to a DuckDB file; the others wait."""
    import duckdb

    until = time.monotonic() + 600
    while True:
        try:
            return duckdb.connect(path)
        except duckdb.IOException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def sql(spec):
    parameters = spec["parameters"]
    with open(spec["path"], encoding="utf-8") as file:
        text = named(file.read(), parameters)
    text = PARAMETER.sub(lambda m: m.group(1) or "$" + m.group(2), text)
    connection = connect(spec["database"])
    first = None
    for statement in connection.extract_statements(text):
        wanted = {name: parameters[name] for name in statement.named_parameters if name in parameters}
        result = connection.execute(statement, wanted)
        columns = [column[0] for column in result.description or []]
        row = result.fetchone() if columns else None
        row = None if row is None else dict(zip(columns, row))
        print("%s\n-> %s" % (statement.query.strip(), row))
        # DuckDB returns a row count for a change; only a query has outputs.
        words = re.sub(r"--[^\n]*|/\*.*?\*/", " ", statement.query, flags=re.S).split()
        first = row if words and words[0].lower().strip("(") in ("select", "with", "values", "from", "show", "describe") else None
    connection.close()
    with open(spec["values"], "w", encoding="utf-8") as file:
        json.dump(first or {}, file, default=str)


def dbt(spec):
    with open(os.path.join(spec["path"], "dbt_project.yml"), encoding="utf-8") as file:
        found = re.search(r"^profile:\s*['\"]?([^'\"\s#]+)", file.read(), re.M)
    profile = found.group(1) if found else "default"
    output = {
        "type": "duckdb",
        "path": spec["database"],
        "schema": spec["schema"],
        "retries": {"connect_attempts": 100, "retryable_exceptions": ["IOException"]},
    }
    with open(os.path.join(spec["folder"], "profiles.yml"), "w", encoding="utf-8") as file:
        # JSON is YAML.
        json.dump({profile: {"target": "local", "outputs": {"local": output}}}, file)
    environment = dict(
        os.environ,
        DBT_PROFILES_DIR=spec["folder"],
        DBT_TARGET_PATH=os.path.join(spec["folder"], "target"),
        DBT_LOG_PATH=spec["folder"],
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
        DBT_USE_COLORS="false",
    )
    for command in spec["commands"]:
        words = shlex.split(command)
        if words[:1] == ["dbt"]:
            words = words[1:]
        print("$ dbt", *words, flush=True)
        call = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *words]
        done = subprocess.run(call, cwd=spec["path"], env=environment)
        if done.returncode != 0:
            raise SystemExit(done.returncode)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    if spec["kind"] == "sql":
        sql(spec)
        return
    if spec["kind"] == "dbt":
        dbt(spec)
        return
    dbutils = Dbutils(spec)
    if spec["kind"] == "wheel":
        # A package reads values of other steps through `dbutils`; its entry point writes its own outputs to the file.
        provide(dbutils, Spark())
        wheel(spec)
        return
    session = Spark()
    provide(dbutils, session)
    folder = os.path.dirname(spec["path"])
    sys.path.insert(0, folder)
    if spec["kind"] == "script":
        sys.argv = [spec["path"], *spec["arguments"]]
        runpy.run_path(spec["path"], run_name="__main__")
        return
    sys.argv = [spec["path"]]
    main_module = types.ModuleType("__main__")
    sys.modules["__main__"] = main_module
    names = main_module.__dict__
    names.update(
        dbutils=dbutils,
        spark=session,
        display=print,
        displayHTML=print,
        getArgument=dbutils.widgets.get,
        __builtins__=builtins,
    )
    try:
        notebook(spec["path"], names)
    except NotebookExit:
        pass


if __name__ == "__main__":
    main()
