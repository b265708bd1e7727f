# step: python app.steps:json()
# E0711: `json` in `app.steps` is no function
import json
