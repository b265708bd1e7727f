"""Steps for local runs in tests."""

import datetime
import os
import signal as signals
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple, TypedDict


class Made(TypedDict):
    count: int
    share: float
    full: bool
    day: datetime.date
    words: list[str]
    sizes: dict[str, int]
    folder: Path
    name: str


def make(country: str, folder: Path) -> Made:
    return {
        "count": 3,
        "share": 0.5,
        "full": True,
        "day": datetime.date(2026, 11, 22),
        "words": ["a", "b c", 'd"e'],
        "sizes": {"x": 1},
        "folder": folder,
        "name": f"Grüße aus {country} 'quoted' \"twice\"",
    }


def take(
    count: int,
    share: float,
    full: bool,
    day: datetime.date,
    words: list[str],
    sizes: dict[str, int],
    folder: Path,
    name: str,
) -> None:
    assert (count, share, full) == (3, 0.5, True) and isinstance(full, bool)
    assert day == datetime.date(2026, 11, 22)
    assert words == ["a", "b c", 'd"e'] and sizes == {"x": 1}
    assert folder.parent.is_dir() and folder.name == "deep", folder
    assert name == "Grüße aus DE 'quoted' \"twice\"", name


def each(key: str, number: int) -> None:
    print(key, number)
    if key == "bad":
        raise ValueError("this item is bad")


def good() -> None:
    pass


def bad() -> None:
    raise RuntimeError("it was meant to fail")


class Counted(NamedTuple):
    tries: int


def third_time(marker: Path) -> Counted:
    marker.parent.mkdir(parents=True, exist_ok=True)
    tries = int(marker.read_text()) + 1 if marker.exists() else 1
    marker.write_text(str(tries))
    if tries < 3:
        raise RuntimeError(f"try {tries}")
    return Counted(tries)


def sleep(seconds: float) -> None:
    # A child process, which must end, too.
    child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])
    Path("child.pid").write_text(str(child.pid))
    time.sleep(seconds)


def wants() -> None:
    import a_package_that_nobody_has.part  # noqa: F401


def large() -> str:
    return "x" * 50_000


def give(what: str):
    return {"nan": float("nan"), "surrogate": "\udcff", "large": 10**30}[what]


def die(signal: int) -> None:
    os.kill(os.getpid(), signal)
    time.sleep(60)


def leave(status: int) -> None:
    os._exit(status)


def ignore_signals() -> None:
    signals.signal(signals.SIGTERM, signals.SIG_IGN)
    Path("child.pid").write_text(str(os.getpid()))
    time.sleep(60)


def variables() -> list[str]:
    return sorted(os.environ)
