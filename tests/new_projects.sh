#!/usr/bin/env bash
# Creates a project from each template, runs it locally, and runs its tests. Usage: new_projects.sh PIPEC DIRECTORY PYTEST
set -euo pipefail
pipec=$(realpath "$1")
pytest=$(realpath "$3")
rm -rf "$2"
mkdir -p "$2"
cd "$2"
ln -s "$pipec" pipec
export PATH="$PWD:$PATH"
# DuckDB, dbt and xgboost come from the package index.
for template in python gpu-training sql-dbt fan-out; do
  pipec new --quiet "my-$template" --template "$template"
  (
    cd "my-$template"
    begun=$(date +%s.%N)
    pipec run --local > log.txt 2>&1 || { cat log.txt; exit 1; }
    grep -E '^done ' log.txt
    "$pytest" -q --no-header
    printf '%-14s %.1f s from nothing to the end of the run\n' "$template" "$(echo "$(date +%s.%N) $begun" | awk '{print $1 - $2}')"
  )
done

# On a terminal, it asks for the template.
python3 - <<'PYTHON'
import os
import pty
import select

child, terminal = pty.fork()
if child == 0:
    os.execvp("pipec", ["pipec", "new", "asked"])
said = b""
answered = False
while True:
    ready, _, _ = select.select([terminal], [], [], 20)
    try:
        chunk = os.read(terminal, 4096) if ready else b""
    except OSError:
        break
    if not chunk:
        break
    said += chunk
    if not answered and b"[1]: " in said:
        os.write(terminal, b"nothing like it\n4\n")
        answered = True
_, status = os.waitpid(child, 0)
text = said.decode()
assert os.waitstatus_to_exitcode(status) == 0, text
assert "unknown template `nothing like it`" in text and "fan-out" in text, text
assert "step load[region in regions]" in open("asked/pipeline.pipe").read()
print("a terminal was asked")
PYTHON
