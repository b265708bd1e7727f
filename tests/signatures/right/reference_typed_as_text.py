# param: depth: int = 6
# step: python app.steps:run(depth = "{{job.parameters.depth}}")
def run(depth: int) -> None:
    pass
