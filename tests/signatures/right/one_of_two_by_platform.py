# step: python app.steps:run(a = 1)
import sys

if sys.version_info >= (3, 11):

    def run(a: int) -> None:
        pass
else:

    def run(a: str, b: str) -> None:
        pass
