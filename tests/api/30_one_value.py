#!/usr/bin/python3
"""One value of a good document is another one: whatever that means, it is judged or refused, and nothing breaks.

Every value of the bank's products and of the ready-made policies is replaced in turn: by nothing, an empty text, an empty
map, an empty list, a number.  The server's log must hold no report of a sanitizer at its end (weft.py looks).
"""

import copy
import json

import yaml

import weft

OTHERS = (None, "", {}, [], 0)
ANSWERS = {200, 201, 400, 409, 422}
POLICIES = [
    {"kind": "Policy", "name": "an-agent-decides", "enforcement": "warn", "engine": "opa",
     "opa": {"url": "http://127.0.0.1:1", "path": "weft/retention", "deadline": "2 seconds"}},
    {"kind": "Policy", "name": "trading-keeps-longer", "enforcement": "deny", "scope": "domain:trading",
     "tightens": "financial-data-retention", "parameters": {"minimum": "10 years"}},
]


def documents(folder):
    """Those of the project, as they are in JSON."""
    for path in sorted((weft.ROOT / folder).glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield json.loads(json.dumps(document, default=str))  # a day as it was written


def paths(value, path=()):
    """Where a value stands, of each key and of the first and the last item of a list."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, path + (key,))
    elif isinstance(value, list):
        for number in sorted({0, len(value) - 1} if value else ()):
            yield from paths(value[number], path + (number,))


def changed(document, path, other):
    """A copy with the other value there."""
    whole = copy.deepcopy(document)
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = other
    return whole


def variants(whole):
    """What is other in each, and the document."""
    for document in whole:
        for path in paths(document):
            for other in OTHERS:
                what = f"{document['name']}: {'/'.join(map(str, path))} = {other!r}"
                yield what, changed(document, path, other)


class OneValueOfAProduct(weft.Case):
    def test_it_is_judged_or_refused(self):
        self.server.publish_bank()
        for what, document in variants(documents("templates/library/bank/products")):
            with self.subTest(what):
                self.assertIn(self.server.publish(document).status, ANSWERS)


class OneValueOfAPolicy(weft.Case):
    def test_it_is_stored_or_refused(self):
        for what, document in variants(POLICIES + list(documents("policy/library"))):
            with self.subTest(what):
                answer = self.server.put("/api/v1/policies/" + str(document["name"] or "-"), document)
                self.assertIn(answer.status, ANSWERS)


if __name__ == "__main__":
    weft.main()
