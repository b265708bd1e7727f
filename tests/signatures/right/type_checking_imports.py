# step: python app.steps:run(a = 1, session = "x")
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.records import Session


def run(a: int, session: Session) -> None:
    pass


# file: app/records.py
Session = str
