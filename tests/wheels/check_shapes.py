"""Builds wheels of projects of many shapes, and compares them with those of other tools.

    python check_shapes.py PIPEC WORK_DIR

A shape is a folder in `shapes`: a Python project with a pipeline that calls one of its functions; the first line of `main.pipe`
says what the step gives. Each wheel is unpacked by `wheel` (which checks RECORD), looked over by `check-wheel-contents`,
installed by `uv pip install --no-deps` under the oldest and the newest Python of this machine, and its step is run there. The
packed files are compared with what the project's own backend packs: a difference must stand in `differences.txt`, with its
reason. Then everything is built again from a copy with other times, modes, locale and line ends: the bytes must be the same.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

from check_wheels import run, start

SHAPES = pathlib.Path(__file__).parent / "shapes"
TEXT = {".py", ".txt", ".toml", ".pipe", ".json", ".md", ".rst", ".csv", ".typed"}


def pythons():
    """The oldest and newest installed Python that pipec supports."""
    found = {}
    places = os.environ["PATH"].split(os.pathsep) + sorted(map(str, pathlib.Path.home().glob(".pyenv/versions/*/bin")))
    for place in places:
        for path in pathlib.Path(place).glob("python3.[0-9]*"):
            minor = path.name.removeprefix("python3.")
            if not minor.isdigit() or not 9 <= int(minor) <= 14 or int(minor) in found:
                continue
            if subprocess.run([path, "-c", "import venv"], capture_output=True).returncode == 0:
                found[int(minor)] = path
    found.setdefault(sys.version_info.minor, pathlib.Path(sys.executable))
    return {minor: found[minor] for minor in {min(found), max(found)}}


def compile_shape(pipec, project, out, **environment):
    run(pipec, "compile", project, "--out", out, env={**os.environ, **environment})
    [manifest] = out.glob("*/manifest.json")
    [wheel] = json.loads(manifest.read_text())["wheels"]
    return manifest.parent / wheel["file"], wheel


def packed(path):
    """The files of a wheel, without metadata and generated files."""
    names = zipfile.ZipFile(path).namelist()
    return {n for n in names if ".dist-info/" not in n and not n.startswith("_pipec_") and not n.endswith("/")}


def prepare(shape, project):
    shutil.copytree(shape, project)
    if shape.name == "ignored_and_secret":
        package = project / "src" / "shape_ignored"
        (project / ".gitignore").write_text("*.pkl\n/src/shape_ignored/cache/\n")
        (package / ".gitignore").write_text("*.log\n!kept.log\n")
        (package / "cache").mkdir()
        (package / "__pycache__").mkdir()
        (package / ".venv" / "lib").mkdir(parents=True)
        (package / ".venv" / "pyvenv.cfg").touch()
        for name in ["model.pkl", "cache/x.txt", "run.log", "kept.log", "__pycache__/a.cpython-311.pyc", ".env", "server.key", "notes.txt~", ".venv/lib/x.py"]:
            (package / name).write_text("secret\n")
        (package / "outside.txt").symlink_to("/etc/hostname")
        (package / "inside.txt").symlink_to("kept.log")


def elsewhere(project, copy):
    """The same project on another machine."""
    shutil.copytree(project, copy, symlinks=True)
    for path in sorted(copy.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if path.suffix in TEXT and path.name != "expected.json":
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o600)


def main(pipec, work):
    # `uv` and the backends are in the environment of this Python.
    os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    work = pathlib.Path(work).resolve()
    pipec = pathlib.Path(pipec).resolve()
    shutil.rmtree(work, ignore_errors=True)
    environments = {}
    for minor, python in pythons().items():
        environments[minor] = work / f"python3.{minor}"
        run("uv", "venv", "--quiet", "--python", python, environments[minor])
    shapes = sorted(p for p in SHAPES.iterdir() if p.is_dir())
    compared = 0
    for shape in shapes:
        project = work / shape.name / "project"
        prepare(shape, project)
        path, wheel = compile_shape(pipec, project, work / shape.name / "out")
        run(sys.executable, "-m", "wheel", "unpack", path, "--dest", work / shape.name / "unpacked")
        # W004: `_pipec_x` is a module on purpose. W009: one shape has two packages.
        run(sys.executable, "-m", "check_wheel_contents", "--ignore", "W002,W004,W009", path)
        expected = json.loads((project / "main.pipe").read_text().splitlines()[0].removeprefix("# gives "))
        for minor, environment in environments.items():
            if wheel["tags"] != ["py3-none-any"] and not any(f"cp3{minor}-" in tag for tag in wheel["tags"]):
                continue
            python = environment / "bin" / "python"
            run("uv", "pip", "install", "--quiet", "--no-deps", "--no-index", "--reinstall", "--python", python, path)
            parameters = json.loads(next(path.parent.parent.glob("*.job.json")).read_text())
            task = parameters["tasks"][0]["python_wheel_task"]
            values = work / "values.json"
            values.unlink(missing_ok=True)
            done = start(python, task["entry_point"], task.get("parameters", []), values)
            assert done.returncode == 0, f"{shape.name} under 3.{minor}: {done.stderr}"
            got = json.loads(values.read_text())
            assert got == expected, f"{shape.name} under 3.{minor}: {got}"
            run("uv", "pip", "uninstall", "--quiet", "--python", python, wheel["name"])
        compared += compare(shape, project, path, work / shape.name / "own")
        if wheel["tags"] == ["py3-none-any"] and not shape.name.startswith("own_backend"):
            again(pipec, shape, project, path, work / shape.name)
    print(
        f"{len(shapes)} shapes packed, installed and run under Python "
        f"{' and '.join(f'3.{m}' for m in sorted(environments))}; {compared} packed files as their own backends pack them"
    )


def compare(shape, project, path, out):
    """Compares the wheel with that of the project's backend."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check", "--outdir", out, project)
    [own] = out.glob("*.whl")
    ours, theirs = packed(path), packed(own)
    found = {f"+ {n}" for n in ours - theirs} | {f"- {n}" for n in theirs - ours}
    reasons = shape / "differences.txt"
    explained = {}
    for line in reasons.read_text().splitlines() if reasons.exists() else []:
        difference, _, why = line.partition("  ")
        assert why, f"{reasons}: a difference without its reason: {line}"
        explained[difference] = why
    assert found == set(explained), f"{shape.name}: packed otherwise: {sorted(found ^ set(explained))}"
    metadata = [headers(p) for p in (path, own)]
    assert metadata[0] == metadata[1], f"{shape.name}: other metadata\n{metadata[0]}\n{metadata[1]}"
    shutil.rmtree(project / "build", ignore_errors=True)
    for folder in project.rglob("*.egg-info"):
        shutil.rmtree(folder)
    return len(ours & theirs)


def headers(path):
    """The normalized metadata of a wheel."""
    from packaging.metadata import parse_email
    from packaging.requirements import Requirement
    from packaging.version import Version

    archive = zipfile.ZipFile(path)
    [name] = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
    raw, _ = parse_email(archive.read(name))
    version = Version(raw["version"])
    local = [part for part in (version.local or "").split(".") if part and not (part.startswith("p") and len(part) == 9)]
    return {
        "name": raw["name"].lower().replace("_", "-").replace(".", "-"),
        "version": (str(version.public), local),
        "requires": sorted(normal(Requirement(r)) for r in raw.get("requires_dist", [])),
        "python": raw.get("requires_python"),
        "summary": raw.get("summary") or None,
        "licenses": sorted(pathlib.PurePath(f).name for f in raw.get("license_files", [])),
    }


def normal(requirement):
    marker = str(requirement.marker or "").replace("(", "").replace(")", "")
    return (requirement.name.lower(), str(requirement.specifier), marker)


def again(pipec, shape, project, path, work):
    copy = work / "copy"
    elsewhere(project, copy)
    old = os.umask(0o077)
    try:
        second, _ = compile_shape(pipec, copy, work / "again", LC_ALL="tr_TR.UTF-8", TZ="Asia/Kathmandu")
    finally:
        os.umask(old)
    assert second.name == path.name and second.read_bytes() == path.read_bytes(), f"{shape.name}: other bytes elsewhere"
    # One more byte gives another version.
    changed = next(p for p in sorted(copy.rglob("*.py")) if p.stat().st_size and not {"__pycache__", "tests", ".venv"} & set(p.parts))
    changed.write_bytes(changed.read_bytes() + b"#\n")
    third, _ = compile_shape(pipec, copy, work / "changed")
    assert third.name != path.name, f"{shape.name}: {changed} was changed, and the version is the same"


if __name__ == "__main__":
    main(*sys.argv[1:])
