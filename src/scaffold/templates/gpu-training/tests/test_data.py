from starter.data import points, prepare, read


def test_what_is_written_is_read(tmp_path):
    made = prepare(tmp_path, rows=40)
    features, classes = read(made["train"])
    assert len(features) == len(classes) == 40
    assert len(read(made["test"])[0]) == 10


def test_the_class_is_that_of_the_circle():
    assert all(label == (x * x + y * y < 0.5) for x, y, label in points(50, seed=3))
