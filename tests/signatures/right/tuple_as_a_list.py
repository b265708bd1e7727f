# step: python app.steps:run()
# output: names: list<string>
def run() -> tuple[str, ...]:
    return ("a", "b")
