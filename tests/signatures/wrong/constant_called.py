# step: python app.steps:LIMIT()
# E0711: `LIMIT` in `app.steps` is not a function
LIMIT = 5
