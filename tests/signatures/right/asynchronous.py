# step: python app.steps:run(a = 1)
# output: rows: int
async def run(a: int) -> int:
    return a
