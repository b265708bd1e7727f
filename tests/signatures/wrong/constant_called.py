# step: python app.steps:LIMIT()
# E0711: `LIMIT` in `app.steps` is no function
LIMIT = 5
