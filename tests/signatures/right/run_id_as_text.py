# step: python app.steps:run(run_id = job.run_id)
def run(run_id: str) -> None:
    pass
