print("a plain script")
