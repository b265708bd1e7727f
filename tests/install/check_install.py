"""Installs pipec in all documented ways: the wheel, the action, the hooks, man pages, completions.

Usage: check_install.py WHEEL DIRECTORY. It needs the packages of .ci/requirements.txt beside it, and git.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
GOOD = 'pipeline good {\n  step a {\n    notebook "/Shared/a"\n  }\n}\n'
BAD = 'pipeline bad {\n  step a {\n    notebok "/Shared/a"\n  }\n}\n'


def run(*call, cwd, env=None, code=0):
    done = subprocess.run([str(c) for c in call], cwd=cwd, env=env, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == code, f"{call} gave {done.returncode}, not {code}:\n{said}"
    return said


def clean_environment(where):
    venv.create(where, with_pip=True)
    return where / ("Scripts" if os.name == "nt" else "bin")


def wheel(wheel, work):
    """pip into a clean environment, and uvx."""
    tools = clean_environment(work / "clean")
    run(tools / "pip", "install", "--no-index", "--no-deps", "--quiet", wheel, cwd=work)
    for call in [[tools / "pipec"], [BIN / "uvx", "--offline", "--from", wheel, "pipec"]]:
        env = dict(os.environ, UV_CACHE_DIR=str(work / "uv"))
        assert "pipec 0." in run(*call, "--version", cwd=work, env=env)
        assert "no errors" in run(*call, "check", ROOT / "examples" / "churn", cwd=work, env=env)
    run(tools / "pipec", "new", "fresh", "--quiet", cwd=work)
    run(tools / "pipec", "compile", cwd=work / "fresh")
    return tools


def pages_and_completions(pipec, work):
    run(pipec, "man", "--out", work / "man", cwd=work)
    listed = re.findall(r"^  ([a-z]+)  ", run(pipec, "--help", cwd=work), re.M)
    pages = {page.name for page in (work / "man").iterdir()}
    wanted = {"pipec.1"} | {f"pipec-{name}.1" for name in listed if name != "help"}
    assert len(listed) > 15 and pages == wanted, pages ^ wanted
    assert all(page.read_text().startswith(".ie") for page in (work / "man").iterdir())
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"]:
        script = work / f"completions.{shell}"
        script.write_text(run(pipec, "completions", shell, cwd=work))
        assert "COMPLETE" in script.read_text()
    run("bash", "-n", work / "completions.bash", cwd=work)


def action(inputs, cwd, env):
    """Runs the composite action as its runner would: the steps in order, with inputs in their environment."""
    described = yaml.safe_load((ROOT / "action.yml").read_text())
    values = {name: str(given["default"]) for name, given in described["inputs"].items()} | inputs
    fill = lambda text: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m.group(1)], text)
    said = ""
    for step in described["runs"]["steps"]:
        assert step["shell"] == "bash"
        if "if" in step:
            name, wanted = re.fullmatch(r"inputs\.([\w-]+) == '(.*)'", step["if"]).groups()
            if values[name] != wanted:
                continue
        assert "${{" not in step["run"], "an input in a script could be a command"
        given = env | {name: fill(value) for name, value in step.get("env", {}).items()}
        where = cwd / fill(step.get("working-directory", "."))
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=where, env=given, capture_output=True, text=True)
        said += done.stdout + done.stderr
        # A step can extend PATH for the following ones.
        paths = Path(env["GITHUB_PATH"])
        env = env | {"PATH": os.pathsep.join([*reversed(paths.read_text().split()), env["PATH"]])} if paths.exists() else env
        if done.returncode != 0:
            return done.returncode, said
    return 0, said


def the_action(wheel, work):
    repository = work / "action"
    (repository / "jobs").mkdir(parents=True)
    (work / "runner").mkdir()
    env = dict(os.environ, RUNNER_TEMP=str(work / "runner"), GITHUB_PATH=str(work / "runner" / "path"), PIP_NO_INDEX="1", PIP_FORCE_REINSTALL="1")
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
    default = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]["package"]["default"]
    assert default == f"pipec=={version}", "the action installs the version that it belongs to"
    (repository / "jobs" / "main.pipe").write_text(GOOD)
    (repository / "more").mkdir()
    (repository / "more" / "main.pipe").write_text(GOOD)
    code, said = action({"package": str(wheel), "paths": "jobs\nmore"}, repository, env)
    assert code == 0 and "2 unchanged" in said, said
    (repository / "jobs" / "main.pipe").write_text(BAD)
    code, said = action({"package": str(wheel), "working-directory": "jobs"}, repository, env)
    assert code == 1 and "::error file=" in said and "E0" in said, said
    (repository / "jobs" / "main.pipe").write_text(GOOD.replace("    ", "  "))
    code, said = action({"package": str(wheel), "paths": "jobs"}, repository, env)
    assert code == 1 and "to format" in said, said
    code, said = action({"package": str(wheel), "paths": "jobs", "format": "false"}, repository, env)
    assert code == 0, said


def hooks(wheel, work, tools):
    """The hooks of this repository with pipec on PATH, and those that install it automatically."""
    env = dict(os.environ, PRE_COMMIT_HOME=str(work / "pre-commit"), PATH=f"{tools}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}")
    env |= {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    repository = work / "hooks"
    repository.mkdir()
    git = lambda *call: run("git", *call, cwd=repository, env=env)
    git("init", "--quiet")
    page = (ROOT / "docs" / "ci.md").read_text()
    config = re.search(r"```yaml pre-commit\n(.*?)```", page, re.S).group(1)
    config = re.sub(r'"pipec==[^"]*"', f'"{wheel}"', config)
    (repository / ".pre-commit-config.yaml").write_text(config)
    own = lambda hook, code: run(BIN / "pre-commit", "try-repo", ROOT, hook, "--all-files", cwd=repository, env=env, code=code)
    all_hooks = lambda code: run(BIN / "pre-commit", "run", "--all-files", cwd=repository, env=env, code=code)
    (repository / "main.pipe").write_text(GOOD)
    git("add", ".")
    all_hooks(0)
    own("pipec-check", 0)
    (repository / "main.pipe").write_text(BAD)
    assert "did you mean `notebook`" in all_hooks(1)
    own("pipec-check", 1)
    (repository / "main.pipe").write_text(GOOD.replace("    ", "  "))
    assert "files were modified by this hook" in own("pipec-fmt", 1)
    assert (repository / "main.pipe").read_text() == GOOD


def main():
    built, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    tools = wheel(built, work)
    pages_and_completions(tools / "pipec", work)
    the_action(built, work)
    hooks(built, work, tools)
    for schema, files in [("github-workflows", sorted((ROOT / ".github/workflows").glob("*.yml"))), ("github-actions", [ROOT / "action.yml"])]:
        run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files, cwd=work)
    for template in ["python", "gpu-training", "sql-dbt", "fan-out"]:
        run(tools / "pipec", "new", template, "--template", template, "--quiet", cwd=work)
        workflow = work / template / ".github/workflows/ci.yml"
        run(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow, cwd=work)
    print("4 passed, 0 failed: wheel, pages and completions, action, hooks")


main()
