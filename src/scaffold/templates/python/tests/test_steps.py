from starter.steps import collect, count


def test_words_are_counted(tmp_path):
    counts = count(collect(tmp_path), minimum=2)
    assert counts["most"] == "the"
    assert counts["words"] > 3


def test_rare_words_are_left_out(tmp_path):
    assert count(collect(tmp_path), minimum=100) == {"words": 0, "most": ""}
