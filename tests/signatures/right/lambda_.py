# step: python app.steps:run(a = 1)
run = lambda a: a + 1
