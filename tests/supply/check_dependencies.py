"""Checks that `deny.toml` allows the license and source of each dependency. Usage: check_dependencies.py

What needs a database or knows of features, `cargo deny check` does in the workflow; this needs neither.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def allows(expression, allowed):
    """Whether the allowed licenses satisfy an SPDX expression. Old crates write `/` for `OR`."""
    words = re.findall(r"[()]|[\w.+-]+", expression.replace("/", " OR "))
    at = 0

    def one():
        nonlocal at
        word = words[at]
        at += 1
        if word == "(":
            met = any_of()
            at += 1
            return met
        if words[at : at + 1] == ["WITH"]:
            word = f"{word} WITH {words[at + 1]}"
            at += 2
        return word in allowed

    def joined(part, word, combine):
        nonlocal at
        met = [part()]
        while words[at : at + 1] == [word]:
            at += 1
            met.append(part())
        return combine(met)

    def any_of():
        return joined(lambda: joined(one, "AND", all), "OR", any)

    return any_of()


def main():
    licences = tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]
    exceptions = {row["crate"]: row["allow"] for row in licences["exceptions"]}
    wrong = []
    count = 0
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"]:
        command = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", str(ROOT / manifest)]
        packages = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["packages"]
        for package in packages:
            if package["source"] is None:
                continue
            count += 1
            name = f"{manifest}: {package['name']} {package['version']}"
            allowed = [*licences["allow"], *exceptions.get(package["name"], [])]
            if not package["license"] or not allows(package["license"], allowed):
                wrong.append(f"{name}: licence {package['license']}")
            if package["source"] != CRATES_IO:
                wrong.append(f"{name}: source {package['source']}")
    assert allows("MIT OR GPL-3.0", ["MIT"]) and not allows("MIT AND GPL-3.0", ["MIT"])
    assert allows("(A OR B) AND C WITH D", ["B", "C WITH D"]) and not allows("C WITH D", ["C"])
    print("\n".join([*wrong, f"{count - len(wrong)} passed, {len(wrong)} failed: dependencies"]))
    sys.exit(bool(wrong))


main()
