# step: python app.steps:run(a = 1)
run = None
