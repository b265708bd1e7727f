#!/usr/bin/env bash
# Each template as a user takes it: made, run on this machine, tested. Usage: new_projects.sh PIPEC DIRECTORY PYTEST
set -euo pipefail
pipec=$(realpath "$1")
pytest=$(realpath "$3")
rm -rf "$2"
mkdir -p "$2"
cd "$2"
ln -s "$pipec" pipec
export PATH="$PWD:$PATH"
# The one warehouse, dbt and the model come from the package index; nothing else is asked for.
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
