"""Checks the wheels of the examples with other tools, and runs their steps.

    python check_wheels.py PIPEC WORK_DIR

Every wheel is unpacked by `wheel` (which checks RECORD), looked over by `check-wheel-contents`, and installed by pip into an
environment of its own; steps that need nothing of a cluster are started through their entry points, as the platform does.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import textwrap
import venv
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, **kwargs):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **kwargs)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def start(python, group_entry, arguments, values):
    """Calls an entry point as the platform does: by its name in the metadata, with arguments in sys.argv."""
    script = textwrap.dedent(
        """
        import sys, importlib.metadata as m
        name = sys.argv[1]
        [entry] = {e for d in m.distributions() for e in d.entry_points if (e.group, e.name) == ("pipec.steps", name)}
        sys.argv = [name, *sys.argv[2:]]
        entry.load()()
        """
    )
    return subprocess.run(
        [str(python), "-c", script, group_entry, *arguments],
        capture_output=True,
        text=True,
        env={"PIPEC_TASK_VALUES": str(values), "PATH": "/usr/bin:/bin"},
    )


def main(pipec, work):
    work = pathlib.Path(work)
    shutil.rmtree(work, ignore_errors=True)
    wheels = []
    for example in sorted((ROOT / "examples").iterdir()):
        if not (example / "pyproject.toml").exists():
            continue
        out = work / example.name
        run(pipec, "compile", example, "--out", out)
        [manifest] = out.glob("*/manifest.json")
        for wheel in json.loads(manifest.read_text())["wheels"]:
            path = manifest.parent / wheel["file"]
            wheels.append((example.name, path, wheel))
            run(sys.executable, "-m", "wheel", "unpack", path, "--dest", work / "unpacked")
            # W002: files with equal content are allowed. W004: `_pipec_x` is a module on purpose.
            run(sys.executable, "-m", "check_wheel_contents", "--ignore", "W002,W004", path)
            listed = {f["path"] for f in wheel["files"]}
            packed = set(zipfile.ZipFile(path).namelist())
            assert listed == packed, f"{path}: the manifest lists {listed ^ packed}"
    environment = work / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    for _, path, _ in wheels:
        run(python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", path)
    steps(python, work)
    print(f"{len(wheels)} wheels unpacked, looked over and installed; their steps run")


def steps(python, work):
    values = work / "values.json"

    def good(entry, *arguments):
        values.unlink(missing_ok=True)
        done = start(python, entry, arguments, values)
        assert done.returncode == 0, done.stderr
        return json.loads(values.read_text()) if values.exists() else None

    def bad(entry, *arguments):
        done = start(python, entry, arguments, values)
        assert done.returncode != 0, f"{entry} {arguments} should fail"
        return done.stderr

    assert good("training.load_data") == {"rows": 1000}
    assert good("training.train", "--rows=1000") == {"model": "model of 1000 rows"}
    assert "argument 'rows' is declared as int, but its value is 'many'" in bad("training.train", "--rows=many")
    assert "missing argument 'rows'" in bad("training.train")
    assert "unknown argument 'row'" in bad("training.train", "--row=1")
    (work / "landing" / "eu").mkdir(parents=True)
    assert good("fan_out.load_eu", "--region=eu", "--full=true") == {"files": []}
    assert "declared as bool" in bad("fan_out.load_eu", "--region=eu", "--full=maybe")
    missing = bad("fan_out.check", "--file=nowhere.csv")
    assert "FileNotFoundError" in missing and "load.py" in missing, "the traceback of the step's own error is kept"


if __name__ == "__main__":
    main(*sys.argv[1:])
