"""Validates manifests against the published schema.

    python check_manifests.py MANIFEST..
"""

import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "manifest.schema.json"


def main(paths):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in paths:
        errors = [f"{path}: {e.json_path}: {e.message}" for e in validator.iter_errors(json.loads(pathlib.Path(path).read_text()))]
        if errors:
            sys.exit("\n".join(errors))
    # The schema must reject something.
    assert not validator.is_valid({"version": 1}), "the schema takes anything"
    print(f"{len(paths)} manifests are as the schema says")


if __name__ == "__main__":
    main(sys.argv[1:])
