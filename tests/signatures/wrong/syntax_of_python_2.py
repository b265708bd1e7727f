# step: python app.steps:run()
# E0709: module `app.steps` has a syntax error
def run():
    print "hello"
