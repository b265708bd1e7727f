"""Reads the output of `compile --emit` with other readers: PyYAML, the types of the bundles' Python package, and json.

    python tests/emit/check_emitted.py PIPEC OUT PROJECT...
"""

import json
import pathlib
import subprocess
import sys

import yaml
from databricks.bundles.jobs import Job

pipec, out, *projects = sys.argv[1:]
jobs = compared = 0


def differences(job, other, path=""):
    """The differences, except for what has another form in a bundle: local paths, ids of its own jobs, permissions."""
    if isinstance(other, str) and (other.startswith("./") or other.startswith("${resources.")):
        return
    if isinstance(job, dict) and isinstance(other, dict):
        job = {k: v for k, v in job.items() if k != "access_control_list"}
        other = {k: v for k, v in other.items() if k != "permissions"}
        if job.keys() != other.keys():
            yield f"{path}: {sorted(job)} and {sorted(other)}"
        for key in job.keys() & other.keys():
            yield from differences(job[key], other[key], f"{path}.{key}")
    elif isinstance(job, list) and isinstance(other, list) and len(job) == len(other):
        for i, (a, b) in enumerate(zip(job, other)):
            yield from differences(a, b, f"{path}[{i}]")
    elif job != other or type(job) is not type(other):
        yield f"{path}: {job!r} and {other!r}"


for project in projects:
    place = pathlib.Path(out) / pathlib.Path(project).name
    for what in ("bundle", "terraform"):
        subprocess.run([pipec, "compile", project, "--emit", what, "--out", place / what, "-q"], check=True)
    bundle = yaml.safe_load((place / "bundle/databricks.yml").read_text())
    for name, target in bundle["targets"].items():
        terraform = json.loads((place / "terraform" / name / "main.tf.json").read_text())
        for pipeline, job in target["resources"]["jobs"].items():
            # Rejects unknown fields and wrong types.
            Job.from_dict(job)
            jobs += 1
            assert pipeline in terraform["resource"]["databricks_job"], (project, pipeline)
            if target.get("mode") == "development":
                continue
            command = [pipec, "compile", project, "--stdout", "--pipeline", pipeline, "-q"]
            command += ["--target", name] if name != "default" else []
            compiled = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            found = list(differences(compiled, job))
            assert not found, (project, name, pipeline, found)
            compared += 1

print(f"{jobs} jobs of emitted bundles are read by PyYAML and by databricks-bundles, {compared} are those that compile writes")
assert jobs >= 10 and compared >= 6
