# step: python app.steps:run(a = 1)
# -*- coding: latin-1 -*-
def run(a: int) -> None:
    """Größe"""
