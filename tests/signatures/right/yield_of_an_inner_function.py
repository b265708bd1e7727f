# step: python app.steps:run()
# output: rows: int
def run() -> int:
    def each():
        yield 1

    return sum(each())
