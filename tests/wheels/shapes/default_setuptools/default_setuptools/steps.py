async def run(words: "dict[str, int]") -> "dict[str, int]":
    return {key: value + 1 for key, value in words.items()}
