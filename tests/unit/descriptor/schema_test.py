"""The JSON Schema that is derived from the table of descriptors, judged by an independent validator.

Usage: schema_test.py PRINT_SCHEMA DOCUMENT...   (each document is a right one)
Ends with 77, which ctest shows as skipped, where Python's jsonschema is missing.
"""
import copy
import json
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("SKIPPED: the package python3-jsonschema is not installed")
    sys.exit(77)

# What an editor must underline: a name for the mistake, and how to make it in a right document.
MISTAKES = {
    "no owner": lambda d: d.pop("owner"),
    "no schema": lambda d: d.pop("schema"),
    "an empty schema": lambda d: d.update(schema=[]),
    "a misspelt key": lambda d: d.update(retension="7 years"),
    "a name of one part": lambda d: d.update(name="accounts"),
    "a name in capitals": lambda d: d.update(name="Retail.Accounts"),
    "a number for a text": lambda d: d.update(owner=5),
    "a status that is none": lambda d: d.update(status="actve"),
    "a version of two numbers": lambda d: d.update(version="1.0"),
    "a retention without a unit": lambda d: d.update(retention=7),
    "availability without a percent sign": lambda d: d.update(sla={"availability": "99.9"}),
    "a column without a type": lambda d: d["schema"].append({"name": "x"}),
    "a column with a misspelt key": lambda d: d["schema"].append({"name": "x", "type": "DATE", "pi": True}),
    "a column's name with a mark": lambda d: d["schema"].append({"name": "a#b", "type": "DATE"}),
    "access without a level": lambda d: d.update(access=[{"role": "r"}]),
    "an access level that is none": lambda d: d.update(access=[{"role": "r", "level": "own"}]),
    "a check of no known kind": lambda d: d.update(quality_checks=[{"uniqe": "a"}]),
    "a check whose columns are numbers": lambda d: d.update(quality_checks=[{"unique": 5}]),
    "a freshness check without a time": lambda d: d.update(quality_checks=[{"freshness": {"column": "a"}}]),
    "a range whose end is a text": lambda d: d.update(quality_checks=[{"range": {"column": "a", "max": "x"}}]),
    "a plugin that is a path": lambda d: d.update(storage={"plugin": "../../bin/sh"}),
    "a tier that is none": lambda d: d.update(tiers={"lukewarm": {}}),
}

# What an editor must let pass, besides the documents that are named.
ADDITIONS = {
    "an extension": lambda d: d.update({"x-note": {"any": ["thing"]}}),
    "storage by name": lambda d: d.update(storage="filesystem"),
    "storage as a list": lambda d: d.update(storage=["filesystem", {"plugin": "s3", "quota": "10 GB"}]),
    "one check for a list": lambda d: d.update(quality_checks={"unique": "a"}),
    "an input by name": lambda d: d.update(inputs="cards.limits"),
    "a source by name": lambda d: d["schema"].append({"name": "x", "type": "DATE", "from": "cards.limits#x"}),
    "accepted values of any kind": lambda d: d.update(
        quality_checks=[{"accepted_values": {"column": "a", "values": ["x", 1, True]}}]),
}


def judge(validator, name, document, expected):
    errors = [error.message for error in validator.iter_errors(document)]
    if (not errors) == expected:
        return 0
    print(f"{name}: {'refused: ' + errors[0] if expected else 'accepted'}")
    return 1


def changed(document, change):
    other = copy.deepcopy(document)
    change(other)
    return other


def main():
    program, *paths = sys.argv[1:]
    lines = subprocess.run([program, *paths], check=True, capture_output=True, text=True).stdout.splitlines()
    schema, *documents = map(json.loads, lines)
    assert len(documents) == len(paths) > 0
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    failures = 0
    for path, document in zip(paths, documents):
        failures += judge(validator, path, document, True)
    for name, change in ADDITIONS.items():
        failures += judge(validator, name, changed(documents[0], change), True)
    for name, change in MISTAKES.items():
        failures += judge(validator, name, changed(documents[0], change), False)
    print(f"{len(paths) + len(ADDITIONS)} right ones, {len(MISTAKES)} mistakes, {failures} judged wrongly")
    return failures > 0


sys.exit(main())
