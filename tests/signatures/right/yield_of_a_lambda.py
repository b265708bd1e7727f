# step: python app.steps:run()
# output: rows: int
def run() -> int:
    each = lambda: (yield)
    return 1 if each else sum(x for x in (1, 2))
