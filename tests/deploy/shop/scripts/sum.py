import helpers

print(helpers.total())
