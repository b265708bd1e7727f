# step: python app.steps:run(a = source.data)
# output: b: json
from __future__ import annotations

from typing import TypedDict

Json = dict[str, "Json"] | list["Json"] | str | int | None


class Node(TypedDict):
    next: Node


def run(a: Json) -> Node:
    return a
