"""Checks that the cost of hostile texts is linear in their size. Usage: check_growth.py PIPEC [KIND..]

Each kind of `hostile.PIPE` is checked at sizes n, 2n and 4n. Steps are the instructions that valgrind counts, the same
in every run on one machine; memory is the peak of the process. From n to 4n, steps may grow by a factor of 5: linear
growth is 4, and n log n stays below 5 at these sizes. Memory may grow by a factor of 6, because lists double their
capacity. The cost of an empty program is subtracted first.

Texts that multiply (`hostile.MULTIPLY`) are rejected at some size; their peak memory stays below a gigabyte at much
larger sizes.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hostile

# Instructions and KiB below which the cost of a kind is ignored.
FREE_STEPS, FREE_KIB = 40_000_000, 16 * 1024
MOST_STEPS, MOST_MEMORY = 5.0, 6.0
# Peak memory of texts that multiply, in KiB, by their size in bytes.
MOST_KIB, LARGE = 1024 * 1024, (100_000, 400_000)
# Kinds that become linear later, because similar names are searched for the first hundred errors.
START = {"misspelled_names": 30_000, "unknown_computes": 30_000}


def steps(pipec, path):
    with tempfile.NamedTemporaryFile() as out:
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out.name}", pipec, "check", "--format", "json", path]
        # One thread, because scheduling is not part of the cost.
        environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode not in (0, 1) or not found:
        sys.exit(f"{path}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return int(found.group(1).replace(",", ""))


def memory(pipec, path):
    child = subprocess.Popen([pipec, "check", "--format", "json", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_maxrss


def measured(pipec, folder, name, make):
    # Start at about 8 KB, which is enough to distinguish growth from fixed costs.
    count = max(4, round(START.get(name, 8_000) / (len(make(40)) / 40)))
    rows = []
    for factor in (1, 2, 4):
        path = Path(folder) / f"{name}{factor}.pipe"
        path.write_text(make(count * factor), encoding="utf-8")
        rows.append((path.stat().st_size, steps(pipec, path), memory(pipec, path)))
        path.unlink()
    return name, rows


def main():
    pipec, *only = sys.argv[1:]
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.pipe"
        empty.write_text('pipeline p { step a { notebook "/a" } }\n')
        base_steps, base_memory = steps(pipec, empty), memory(pipec, empty)
        empty.unlink()
        kinds = [(name, make) for name, make in hostile.PIPE.items() if not only or name in only]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda kind: measured(pipec, folder, *kind), kinds)
            for name, rows in results:
                (size, s1, m1), _, (size4, s4, m4) = rows
                growth = size4 / size / 4
                more_steps = max(s4 - base_steps, 1) / max(s1 - base_steps, FREE_STEPS / 4)
                more_memory = max(m4 - base_memory, 1) / max(m1 - base_memory, FREE_KIB / 4)
                fine = more_steps <= MOST_STEPS * growth and more_memory <= MOST_MEMORY * growth
                print(f"{'ok  ' if fine else 'FAIL'} {name:24} {size:>7} to {size4:>7} bytes: steps x{more_steps:.1f}, memory x{more_memory:.1f}")
                if not fine:
                    failures.append(name)
        large = [(name, make) for name, make in hostile.MULTIPLY.items() if not only or name in only]
        for name, make in large:
            peaks = []
            for size in LARGE:
                path = Path(folder) / f"{name}.pipe"
                path.write_text(make(max(4, round(size / (len(make(40)) / 40)))), encoding="utf-8")
                peaks.append(memory(pipec, path))
            fine = max(peaks) <= MOST_KIB
            print(f"{'ok  ' if fine else 'FAIL'} {name:24} peaks of {', '.join(f'{p >> 10} MiB' for p in peaks)}")
            if not fine:
                failures.append(name)
        kinds += large
    print(f"{len(kinds) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
