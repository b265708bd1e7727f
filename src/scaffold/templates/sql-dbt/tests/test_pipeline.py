"""What the compiled job says, by the compiler itself."""

import json
import subprocess


def job() -> dict:
    done = subprocess.run(["pipec", "compile", "--stdout"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_marts_are_built_only_for_orders():
    tasks = {task["task_key"]: task for task in job()["tasks"]}
    assert tasks["marts"]["depends_on"] == [{"task_key": "any_orders", "outcome": "true"}]
    assert tasks["any_orders"]["condition_task"]["op"] == "GREATER_THAN"
