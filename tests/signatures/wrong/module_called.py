# step: python app.steps:json()
# E0711: `json` in `app.steps` is not a function
import json
