def main() -> None:
    print("taxis")
