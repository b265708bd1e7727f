# step: python app.steps:load_eu()
for region in ("eu", "us"):
    globals()[f"load_{region}"] = lambda: None
