import pytest
from starter.load import check, region
from starter.merge import merge


def test_a_region_has_its_files(tmp_path):
    loaded = region("us", tmp_path)
    assert loaded == {"files": ["part-0.csv", "part-1.csv"], "rows": 30}


def test_what_is_no_csv_is_refused():
    with pytest.raises(ValueError):
        check("notes.txt")


def test_regions_add_up():
    assert merge(eu=1, us=2, apac=3) == 6
