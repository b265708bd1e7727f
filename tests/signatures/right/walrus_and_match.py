# step: python app.steps:chosen(a = 1)
match 1:
    case chosen:
        pass
if (run := print):
    pass
