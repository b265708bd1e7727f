"""Deploys to servers that others have written: minilake as the workspace behind oidc-provider for OAuth, and semblance for
tokens, pages and injected errors. The result is read back with the platform's own SDK.

    python tests/deploy/third_party.py target/debug/pipec target/tmp/third_party

Needs minilake, semblance-databricks and databricks-sdk in this Python, and `npm ci` in tests/deploy/oauth.
"""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLIENT, SECRET = "churn-deployer", "dose-planted-client-secret"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(url, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
        return answer.read()


@contextlib.contextmanager
def server(command, ready, env=None):
    """A server that runs until the block ends."""
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=nowhere, stderr=nowhere)
        try:
            for _ in range(600):
                assert process.poll() is None, f"{command[0]} ended"
                try:
                    fetch(ready)
                    break
                except urllib.error.HTTPError:
                    # It has answered.
                    break
                except OSError:
                    pass
                time.sleep(0.1)
            else:
                raise AssertionError(f"{command[0]} does not answer")
            yield process
        finally:
            process.terminate()
            process.wait(10)


class Pipec:
    """The program in a project."""

    def __init__(self, binary, project, env):
        self.binary, self.project = binary, project
        keep = {k: os.environ[k] for k in ("PATH", "SYSTEMROOT") if k in os.environ}
        self.env = {**keep, "HOME": str(project), **env}
        self.seen = ""

    def __call__(self, *args, code=0):
        done = subprocess.run([self.binary, *args], cwd=self.project, env=self.env, capture_output=True, text=True)
        self.seen += done.stdout + done.stderr
        assert done.returncode == code, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


def covers(wanted, found, path=""):
    """Checks that every compiled field has its value."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            assert isinstance(found, dict) and key in found, f"{path}.{key} is not there"
            covers(value, found[key], f"{path}.{key}")
    elif isinstance(wanted, list):
        assert len(wanted) == len(found), f"{path}: {len(wanted)} and {len(found)}"
        for i, (a, b) in enumerate(zip(wanted, found)):
            covers(a, b, f"{path}[{i}]")
    else:
        assert wanted == found, f"{path}: {wanted!r} and {found!r}"


def count(value):
    if isinstance(value, dict):
        return sum(count(v) for v in value.values())
    if isinstance(value, list):
        return sum(count(v) for v in value)
    return 1


def client_credentials(binary, work):
    """Deploys, updates and destroys the churn example, with client id and secret through OAuth."""
    from databricks.sdk import WorkspaceClient

    upstream, front = free_port(), free_port()
    data = work / "minilake"
    lake = {
        "MINILAKE_DATA_DIR": str(data),
        "MINILAKE_JOB_EXECUTOR": "subprocess",
        "MINILAKE_SPARK_PREWARM": "0",
        "MINILAKE_NOTEBOOK": "0",
        "MINILAKE_DUCKDB_EXTENSION_DIR": str(work / "extensions"),
    }
    (work / "extensions").mkdir(parents=True)
    minilake = [str(pathlib.Path(sys.executable).parent / "minilake"), "--host", "127.0.0.1", "--port", str(upstream)]
    oauth = ["node", str(HERE / "oauth" / "server.mjs"), str(front), str(upstream), "8"]
    secrets = {"OAUTH_CLIENT_ID": CLIENT, "OAUTH_CLIENT_SECRET": SECRET}
    host = f"http://127.0.0.1:{front}"
    with server(minilake, f"http://127.0.0.1:{upstream}/_minilake/health", lake), server(
        oauth, f"{host}/oidc/.well-known/oauth-authorization-server", secrets
    ):
        project = work / "churn"
        shutil.copytree(ROOT / "examples" / "churn", project, ignore=shutil.ignore_patterns("build", ".pipec", "expected"))
        source = project / "pipeline.pipe"
        # The environment sets the host instead of the example, and the target the cloud.
        text = source.read_text().replace('workspace { host = "https://adb-111.11.azuredatabricks.net" }', "cloud = azure")
        source.write_text(text)
        env = {"DATABRICKS_HOST": host, "DATABRICKS_CLIENT_ID": CLIENT, "DATABRICKS_CLIENT_SECRET": SECRET}
        pipec = Pipec(binary, project, env)

        def requests():
            return json.loads(fetch(f"{host}/_requests"))

        def writes():
            return [r for r in requests() if not r.startswith("GET ")]

        assert "oauth-m2m" in pipec("auth")
        wrong = Pipec(binary, project, {**env, "DATABRICKS_CLIENT_SECRET": "dose-planted-wrong"})
        assert "invalid_client" in wrong("plan", code=3)

        requests()
        said = pipec("plan", "--exit-code", code=1)
        assert "+ create  churn_training" in said and writes() == [], said
        pipec("deploy", "-vv")
        print("first deploy:", len(requests()), "requests")
        pipec("deploy")
        assert writes() == [], "an unchanged project writes nothing"

        # Read back with the platform's own SDK, through the same OAuth server.
        client = WorkspaceClient(host=host, client_id=CLIENT, client_secret=SECRET)
        (job,) = list(client.jobs.list())
        live = client.jobs.get(job.job_id).as_dict()["settings"]
        me = client.current_user.me().user_name
        pipec("compile", "--user", me, "--out", str(work / "out"))
        compiled = json.loads((work / "out" / "dev" / "churn_training.job.json").read_text())
        covers(compiled, live)
        print("fields read back with the SDK:", count(compiled))

        # The deployed wheel installs, and its entry point runs.
        wheel_path = next(l["whl"] for t in compiled["tasks"] for l in t.get("libraries", []))
        bootstrap(client, wheel_path, work)

        # One line, one upload, one reset.
        requests()
        train = project / "src" / "churn" / "train.py"
        train.write_text(train.read_text() + "\n# one more line\n")
        said = pipec("plan")
        assert "~ churn/train.py" in said, said
        pipec("deploy")
        made = [w for w in writes() if "/state/" not in w and "%2Fstate%2F" not in w]
        assert len([w for w in made if "import-file" in w]) == 1, made
        assert len([w for w in made if "jobs/reset" in w]) == 1, made
        assert len(made) == 2, made

        # A renamed step.
        source.write_text(source.read_text().replace("step review", "step report"))
        assert "step review is renamed to report" in pipec("plan")
        pipec("deploy")
        keys = [t.task_key for t in client.jobs.get(job.job_id).settings.tasks]
        assert "report" in keys and "review" not in keys, keys

        # A change by somebody else, and a manual deletion.
        client.jobs.update(job.job_id, new_settings=type(client.jobs.get(job.job_id).settings)(timeout_seconds=77))
        said = pipec("plan")
        assert "changed in the workspace" in said and "timeout_seconds" in said, said
        client.jobs.delete(job.job_id)
        assert "no longer exists" in pipec("plan")
        pipec("deploy", "--refresh")
        (job,) = list(client.jobs.list())

        # Add a pipeline, and remove it.
        source.write_text(source.read_text() + '\npipeline extra {\n  step a {\n    notebook "/Shared/a"\n  }\n}\n')
        pipec("deploy")
        assert len(list(client.jobs.list())) == 2
        source.write_text(source.read_text().split("\npipeline extra")[0] + "\n")
        assert "--yes" in pipec("deploy", code=2)
        pipec("deploy", "--yes")
        assert len(list(client.jobs.list())) == 1

        # Tokens are valid for eight seconds, so one expires between these two.
        time.sleep(9)
        pipec("status")
        pipec("destroy", "--yes")
        assert list(client.jobs.list()) == []
        left = [str(p) for p in data.rglob("*") if p.is_file() and "/.pipec/" in str(p)]
        assert left == [], left
        for secret in (SECRET, "dose-planted-wrong"):
            assert secret not in pipec.seen + wrong.seen, "a secret was said"


def bootstrap(client, wheel_path, work):
    """Runs the deployed wheel: a script in a job downloads and installs it, and calls an entry point."""
    from databricks.sdk.service import jobs, workspace

    script = f"""
import os, pathlib, subprocess, sys, tempfile
from importlib.metadata import entry_points
folder = pathlib.Path(tempfile.mkdtemp())
wheel = folder / {pathlib.PurePosixPath(wheel_path).name!r}
wheel.write_bytes(pathlib.Path({str(work / "fetched.whl")!r}).read_bytes())
subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder / "site"), str(wheel)], check=True)
sys.path.insert(0, str(folder / "site"))
(entry,) = [e for e in entry_points(group="pipec.steps") if e.name == "churn_training.ingest"]
data = folder / "data"
data.mkdir()
os.environ["PIPEC_TASK_VALUES"] = str(folder / "values.json")
sys.argv = ["ingest", "--country=DE", f"--folder={{data}}"]
entry.load()()
print("ROWS", sorted(p.name for p in data.rglob("*")))
"""
    with client.workspace.download(wheel_path) as content:
        (work / "fetched.whl").write_bytes(content.read())
    with zipfile.ZipFile(work / "fetched.whl") as wheel:
        assert wheel.testzip() is None
    client.workspace.mkdirs("/Workspace/Shared/bootstrap")
    client.workspace.import_(
        "/Workspace/Shared/bootstrap/start.py",
        content=base64.b64encode(script.encode()).decode(),
        format=workspace.ImportFormat.SOURCE,
        language=workspace.Language.PYTHON,
        overwrite=True,
    )
    made = client.jobs.create(
        name="bootstrap",
        tasks=[
            jobs.Task(
                task_key="start",
                spark_python_task=jobs.SparkPythonTask(python_file="/Workspace/Shared/bootstrap/start.py"),
            )
        ],
    )
    run = client.jobs.run_now(made.job_id)
    for _ in range(240):
        now = client.jobs.get_run(run.run_id)
        if now.state.result_state:
            break
        time.sleep(0.5)
    (task,) = now.tasks
    output = client.jobs.get_run_output(task.run_id)
    assert task.state.result_state.value == "SUCCESS", f"{task.state} {output.error} {output.logs}"
    assert "ROWS" in (output.logs or ""), output
    print("the deployed wheel ran:", [l for l in output.logs.splitlines() if l.startswith("ROWS")][0])
    client.jobs.delete(made.job_id)


SEMBLANCE = """
import sys, uvicorn
from semblance_databricks import DatabricksMock
from semblance_databricks.config import DatabricksMockConfig, TokenGrant
port, token, rate = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
config = DatabricksMockConfig(auth="strict", tokens=(TokenGrant(token),), error_rate=rate, error_codes=[429, 500, 503])
uvicorn.run(DatabricksMock(config).as_fastapi(), host="127.0.0.1", port=port)
"""


def tokens_and_trouble(binary, work):
    """A strict token, jobs in pages, and a server that randomly returns 429, 500 and 503."""
    token = "dapi-planted-token"
    project = work / "pat"
    project.mkdir()
    (project / "main.pipe").write_text('pipeline p {\n  step a {\n    notebook "/n"\n  }\n}\n')

    def call(host, path, body):
        request = urllib.request.Request(
            host + path, json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    for rate in (0.0, 0.4):
        port = free_port()
        host = f"http://127.0.0.1:{port}"
        with server([sys.executable, "-c", SEMBLANCE, str(port), token, str(rate)], host):
            pipec = Pipec(binary, project, {"DATABRICKS_HOST": host, "DATABRICKS_TOKEN": token})
            # It has no workspace files, so nothing seems to be deployed.
            assert "+ create  p" in pipec("plan", "-vv")
            if rate == 0.0:
                wrong = Pipec(binary, project, {"DATABRICKS_HOST": host, "DATABRICKS_TOKEN": "dapi-planted-other"})
                assert "401" in wrong("plan", code=3)
                user = [l for l in pipec("auth").splitlines() if l.startswith("as ")][0].split(", ")[-1].split()[-1]
                root = f"/Workspace/Users/{user}/.pipec/p/default"
                digest = hashlib.sha256("\0".join(["p", "default", root, "p"]).encode()).hexdigest()[:16]
                # 250 jobs with the same name, of which one is ours, on any page.
                for i in range(250):
                    tags = {"pipec": f"p-default-p-{digest}"} if i == 7 else {"n": str(i)}
                    call(host, "/api/2.2/jobs/create", {"name": "p", "tags": tags, "tasks": [{"task_key": "a", "notebook_task": {"notebook_path": "/n"}}]})
                said = pipec("plan", "-vv")
                assert "has its tag" in said and "+ create" not in said, said
                assert said.count("/api/2.2/jobs/list") >= 3, said
                assert token not in pipec.seen + wrong.seen and "planted-other" not in wrong.seen
            else:
                for _ in range(10):
                    pipec("plan", "-vv")
                trouble = len(re.findall(r"  (?:429|500|503)  \d+ ms", pipec.seen))
                assert trouble > 0, "no trouble came"
                print("waited out:", trouble, "answers of 429, 500 and 503")


def first_deployment(binary, work):
    """Follows docs/first-deployment.md, with minilake in place of its workspace."""
    port = free_port()
    lake = {
        "MINILAKE_DATA_DIR": str(work / "first"),
        "MINILAKE_JOB_EXECUTOR": "subprocess",
        "MINILAKE_SPARK_PREWARM": "0",
        "MINILAKE_NOTEBOOK": "0",
        "MINILAKE_DUCKDB_EXTENSION_DIR": str(work / "extensions"),
    }
    host = f"http://127.0.0.1:{port}"
    minilake = [str(pathlib.Path(sys.executable).parent / "minilake"), "--host", "127.0.0.1", "--port", str(port)]
    (work / "home").mkdir()
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("DATABRICKS_", "ARM_"))}
    with server(minilake, f"{host}/_minilake/health", lake):
        subprocess.run(
            [
                sys.executable,
                ROOT / "tests" / "docs" / "follow.py",
                "--replace",
                f"https://adb-1111111111111111.1.azuredatabricks.net={host}",
                binary,
                work / "followed",
                ROOT / "docs" / "first-deployment.md",
            ],
            env={**keep, "HOME": str(work / "home")},
            check=True,
        )


def main():
    binary, work = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    client_credentials(binary, work)
    tokens_and_trouble(binary, work)
    first_deployment(binary, work)
    print("third parties: all as it should be")


if __name__ == "__main__":
    main()
