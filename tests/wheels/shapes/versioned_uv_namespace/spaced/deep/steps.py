def run(mode: str = "fast") -> str:
    return mode
