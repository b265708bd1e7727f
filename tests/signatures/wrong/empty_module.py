# step: python app.steps:run()
# E0708: module `app.steps` has no function `run`
"""Nothing yet."""
