# step: python app.steps:run()
# E0709: module `app.steps` cannot be imported
def run():
    print "hello"
