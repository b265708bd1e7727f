# step: python app.steps:run()
# output: name: string
from typing import Optional


def run() -> Optional[str]:
    return "x"
