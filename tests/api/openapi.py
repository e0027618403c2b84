"""Holds real answers against api/openapi.yaml.

    openapi.validate("GET", "/api/v1/products?limit=1", 200, "application/json", b'{"items":[],"next":null}')

raises AssertionError when the document does not say that this operation answers so: an unknown path must be a 404 (or
400), a method that is not there a 405, the status and the content type must be listed, and a JSON body must be what its
schema says.

    python3 tests/api/openapi.py        checks the document itself: references, examples, schemas
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

PATH = pathlib.Path(__file__).resolve().parents[2] / "api" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete")
# What any operation may answer without listing it: the server's own refusals and failures.
ANYWHERE = {400, 401, 403, 405, 413, 415, 500, 503, 504, 507}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as the server reads it: dates are texts."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

DOCUMENT = yaml.load(PATH.read_text(encoding="utf-8"), CoreLoader)


def resolve(node, document=None):
    """The node itself, or what its $ref leads to."""
    document = document or DOCUMENT
    while isinstance(node, dict) and "$ref" in node:
        reference = node["$ref"]
        if not reference.startswith("#/"):
            raise AssertionError(f"{reference}: only references within the document")
        node = document
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or step not in node:
                raise AssertionError(f"{reference} leads nowhere")
            node = node[step]
    return node


def _pattern(template):
    parts = [r"[^/]+" if part.startswith("{") else re.escape(part) for part in template.split("/")]
    return re.compile("/".join(parts))


# Paths without parameters first: they are the better match.
TEMPLATES = sorted(((_pattern(template), template) for template in DOCUMENT["paths"]), key=lambda row: row[1].count("{"))


def find_path(path):
    """The template that a path is of, or None."""
    path = path.split("?", 1)[0].split("#", 1)[0]
    for pattern, template in TEMPLATES:
        if pattern.fullmatch(path):
            return template
    return None


def check_schema(schema, value, what):
    """Raise AssertionError when the value is not what the schema says."""
    # References are resolved against the whole document, where its components are.
    root = {"$ref": "#/schema", "schema": schema, "components": DOCUMENT["components"]}
    errors = sorted(jsonschema.Draft202012Validator(root).iter_errors(value), key=lambda error: list(error.path))
    if errors:
        error = jsonschema.exceptions.best_match(errors)
        place = "/" + "/".join(map(str, error.absolute_path))
        raise AssertionError(f"{what}: at {place}: {error.message}")


def _as_problem(method, path, status, content_type, body):
    what = f"{method} {path}: {status}"
    if content_type != "application/problem+json":
        raise AssertionError(f"{what} is {content_type or 'nothing'} and no problem document")
    problem = json.loads(body) if body else None
    if problem is None:
        return
    check_schema({"$ref": "#/components/schemas/Problem"}, problem, what)
    if problem["status"] != status:
        raise AssertionError(f"{what}: the problem says {problem['status']}")


def _check_content(what, response, content_type, body, has_body):
    content = response.get("content")
    if not content:
        if body:
            raise AssertionError(f"{what} has a body, and none is documented")
        return
    if content_type not in content:
        raise AssertionError(f"{what} is {content_type or 'nothing'}, documented are {', '.join(content)}")
    if not has_body or not content_type.endswith("json"):
        return
    for text in body.splitlines() if content_type == "application/x-ndjson" else [body]:
        try:
            value = json.loads(text)
        except ValueError as error:
            raise AssertionError(f"{what} is no JSON: {error}") from None
        check_schema(content[content_type].get("schema", {}), value, what)


def validate(method, path, status, content_type, body):
    """Raise AssertionError unless this is how the operation answers by api/openapi.yaml."""
    content_type = (content_type or "").split(";", 1)[0].strip().lower()
    template = find_path(path)
    if template is None:
        if status not in (400, 404, 405):
            raise AssertionError(f"{method} {path}: {status} from a path that is not documented")
        return _as_problem(method, path, status, content_type, body)
    operations = DOCUMENT["paths"][template]
    operation = operations.get("get" if method == "HEAD" else method.lower())
    what = f"{method} {path} ({template}): {status}"
    if operation is None:
        if status not in (400, 405):
            raise AssertionError(f"{what} from a method that is not documented")
        return _as_problem(method, path, status, content_type, body if method != "HEAD" else b"")
    if str(status) in operation["responses"]:
        response = resolve(operation["responses"][str(status)])
        return _check_content(what, response, content_type, body, has_body=method != "HEAD")
    if status in ANYWHERE:
        return _as_problem(method, path, status, content_type, body if method != "HEAD" else b"")
    raise AssertionError(f"{what} is not documented")


# ---- the document itself


def _walk(node, where=()):
    yield where, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, (*where, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, (*where, str(index)))


def _check_operation(template, method, operation, shared):
    what = f"{method} {template}"
    for key in ("operationId", "summary", "tags", "x-role", "responses"):
        if key not in operation:
            raise AssertionError(f"{what} has no {key}")
    parameters = [resolve(parameter) for parameter in [*shared, *operation.get("parameters", [])]]
    named = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    if named != set(re.findall(r"{(\w+)}", template)):
        raise AssertionError(f"{what} describes the path's parameters {sorted(named)}")
    if any(parameter["in"] == "path" and not parameter.get("required") for parameter in parameters):
        raise AssertionError(f"{what}: a part of the path is always required")
    open_to_all = operation.get("security") == []
    if open_to_all != (operation["x-role"] == "anybody"):
        raise AssertionError(f"{what}: security and x-role do not agree")
    if not open_to_all and not {"401", "403"} <= set(operation["responses"]):
        raise AssertionError(f"{what} needs a token and has no 401 or 403")


def _check_example(where, media):
    example = media["example"]
    if where[-1].endswith("yaml") and isinstance(example, str):
        example = yaml.load(example, CoreLoader)
    check_schema(media.get("schema", {}), example, f"the example at {'/'.join(where)}")


def check_document():
    """Raise AssertionError when the document contradicts itself."""
    operations = set()
    for where, node in _walk(DOCUMENT):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            resolve(node)
        if len(where) > 1 and where[-2] == "content" and isinstance(node, dict):
            jsonschema.Draft202012Validator.check_schema(node.get("schema", {}))
            if "example" in node and (where[-1].endswith("json") or where[-1].endswith("yaml")):
                _check_example(where, node)
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        if set(schema.get("required", ())) - set(schema.get("properties", ())) and "properties" in schema:
            raise AssertionError(f"{name} requires what it does not describe")
    for template, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                _check_operation(template, method, item[method], item.get("parameters", []))
                if item[method]["operationId"] in operations:
                    raise AssertionError(f"{item[method]['operationId']} is there twice")
                operations.add(item[method]["operationId"])
    return len(operations)


if __name__ == "__main__":
    try:
        print(f"{PATH.name}: {check_document()} operations, consistent")
    except AssertionError as failed:
        sys.exit(f"{PATH.name}: {failed}")
