"""Follows the tutorial as a reader does: writes its files, types its commands, and looks for what it says that comes out.

Usage: follow.py PAGE WHEEL DIRECTORY. Blocks of the page: `sh` is typed, `sh fails` has to fail, `sh install` installs WHEEL
where it says pipec; `LANGUAGE file=NAME` is written; `text` has to stand in what the commands before it said, line by line, in
order, with `…` for anything.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

page, wheel, work = Path(sys.argv[1]), Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
MARK = "--- end of block"

# One shell for the whole page: where a reader has gone to, the next command goes on.
shell = subprocess.Popen(["bash"], cwd=work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def typed(commands):
    shell.stdin.write(f"{commands}\necho \"{MARK} $? $PWD\"\n")
    shell.stdin.flush()
    said = []
    for line in shell.stdout:
        if line.startswith(MARK):
            code, where = line.removeprefix(MARK).split(maxsplit=1)
            return "".join(said), int(code), Path(where.strip())
        said.append(line)
    raise SystemExit(f"the shell ended in\n{commands}\n{''.join(said)}")


def expected(lines, said):
    """The first line that does not come, in order."""
    at = 0
    for line in lines:
        pattern = r".*?".join(re.escape(" ".join(part.split())) for part in line.split("…"))
        found = re.compile(pattern).search(said, at)
        if not found:
            return line
        at = found.end()
    return None


said, where, count = "", work, 0
for info, body in re.findall(r"^```(.*?)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S):
    language, *words = info.split()
    file = next((w.removeprefix("file=") for w in words if w.startswith("file=")), None)
    count += 1
    if file:
        (where / file).write_text(body, encoding="utf-8")
    elif language == "sh":
        if "install" in words:
            assert "pip install pipec" in body
            body = body.replace("pip install pipec", f"pip install --quiet --disable-pip-version-check {wheel}")
        said, code, where = typed(body if "fails" in words else f"set -e\n{body}set +e")
        if (code != 0) != ("fails" in words):
            raise SystemExit(f"this ended with {code}:\n{body}\n{said}")
    elif language == "text":
        missing = expected(body.splitlines(), " ".join(said.split()))
        if missing is not None:
            raise SystemExit(f"the page promises\n  {missing}\nand there came\n{said}")
    else:
        raise SystemExit(f"`{info}` is no block of a tutorial")
shell.stdin.close()
print(f"{count} passed, 0 failed: the blocks of {page.name}, as they stand there")
