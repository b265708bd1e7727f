"""Follows pages as a reader does: writes their files, types their commands, and compares what is printed.

Usage: follow.py [--replace OLD=NEW] PROGRAM DIRECTORY PAGE..
PROGRAM is the binary, or a wheel for pages that install pipec. `--replace` sets the host of a test server.

The pages are followed in one directory, which is empty before. Their blocks:
  sh              typed into one shell per page; must succeed
  sh fails        must fail
  sh install      `pip install pipec` installs the wheel
  LANG file=NAME  written to a file
  text, jsonc     must appear in the output of the last commands, line by line and in order; `…` stands for anything
  pipe, python..  without `file=`: not followed, for illustration
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

END = "--- end of block"


class Shell:
    """A shell that keeps its directory and variables between blocks."""

    def __init__(self, work, path):
        env = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            ["bash"], cwd=work, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, commands):
        """Returns the output, the exit status and the directory afterwards."""
        self.process.stdin.write(f"{commands}\necho \"{END} $? $PWD\"\n")
        self.process.stdin.flush()
        output = []
        for line in self.process.stdout:
            if line.startswith(END):
                status, directory = line.removeprefix(END).split(maxsplit=1)
                return "".join(output), int(status), Path(directory.strip())
            output.append(line)
        raise SystemExit(f"the shell ended in\n{commands}\n{''.join(output)}")


def missing_line(expected, output):
    """The first expected line that does not follow the lines before it in the output."""
    output, at = " ".join(output.split()), 0
    for line in expected.splitlines():
        pattern = r".*?".join(re.escape(" ".join(part.split())) for part in line.split("…"))
        found = re.compile(pattern).search(output, at)
        if not found:
            return line
        at = found.end()
    return None


def follow(page, text, program, work):
    """Follows one page, and returns the number of its blocks."""
    is_wheel = program.suffix == ".whl"
    shell = Shell(work, work if is_wheel else program.parent)
    output, directory, count = "", work, 0
    for info, body in re.findall(r"^```(.*?)\n(.*?)^```$", text, re.M | re.S):
        language, *words = info.split()
        file = next((w.removeprefix("file=") for w in words if w.startswith("file=")), None)
        count += 1
        if file:
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / file).write_text(body, encoding="utf-8")
        elif language == "sh":
            if "install" in words:
                assert is_wheel and "pip install pipec" in body
                body = body.replace("pip install pipec", f"pip install --quiet --disable-pip-version-check {program}")
            output, status, directory = shell.run(body if "fails" in words else f"set -e\n{body}set +e")
            if (status != 0) != ("fails" in words):
                raise SystemExit(f"{page}: exit status {status} of\n{body}\n{output}")
        elif language in ("text", "jsonc"):
            missing = missing_line(body, output)
            if missing is not None:
                raise SystemExit(f"{page}: the output lacks\n  {missing}\nOutput:\n{output}")
    shell.process.stdin.close()
    shell.process.wait()
    return count


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--replace", default="=")
    arguments.add_argument("program", type=Path)
    arguments.add_argument("work", type=Path)
    arguments.add_argument("pages", type=Path, nargs="+")
    given = arguments.parse_args()
    old, new = given.replace.split("=", 1)
    shutil.rmtree(given.work, ignore_errors=True)
    given.work.mkdir(parents=True)
    count = 0
    for page in given.pages:
        text = page.read_text(encoding="utf-8")
        text = text.replace(old, new) if old else text
        count += follow(page, text, given.program.resolve(), given.work.resolve())
    print(f"{count} blocks of {len(given.pages)} pages passed")


main()
