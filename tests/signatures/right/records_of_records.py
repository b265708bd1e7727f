# step: python app.steps:run(tree = source.data)
# output: out: json
from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Node:
    left: Node
    right: Node
    up: Node | None
    down: list[Node]


def run(tree: Node = None) -> Node: ...
