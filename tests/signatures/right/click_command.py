# step: python app.steps:run(rows = 5)
import click


@click.command()
@click.option("--rows", type=int)
def run(rows: str) -> None:
    pass
