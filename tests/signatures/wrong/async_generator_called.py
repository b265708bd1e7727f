# step: python app.steps:rows()
# E0711: `rows` is a generator: calling it runs nothing
async def rows():
    yield 1
