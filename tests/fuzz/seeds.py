#!/usr/bin/python3
"""What fuzzing of the expression language may begin with beyond the corpora: the words of the language as a dictionary, the
library's policies, and the expressions of a conformance suite, where one is at hand.

    seeds.py OUT [SUITE]      writes OUT/cel.dict, and OUT/TARGET/

SUITE is a folder of JSON files as tests/conformance/cel_conformance.c reads them; $WEFT_CEL_CONFORMANCE when not given.
"""

import hashlib
import json
import os
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r'^\t\{"([^"]+)",\s*"([^"]*\)[^"]*)"', re.MULTILINE)
SIGNS = ("&&", "||", "==", "!=", "<=", ">=", ".?", "[?", "{?", "null", "true", "in", "product", "facts", "params", "now", "dyn(",
         "9223372036854775807", "-9223372036854775808", "18446744073709551615u", "0x", "1e308", "0.0/0.0", "''", "b''", "r''")


def write_dictionary(path):
    words = set(SIGNS)
    for source in sorted((TOP / "policy").rglob("*.c")):
        for name, _ in ROW.findall(source.read_text()):
            if name[0].isalpha():
                words.add(name + "(")
    macros = re.findall(r'^\t\{"(\w+)",', (TOP / "policy/cel/macro.c").read_text(), re.MULTILINE)
    words.update(f".{name}(x, " for name in macros)
    path.write_text("".join(f'"{word}"\n' for word in sorted(words)))


def type_text(t):
    """A type of the suite as a declaration writes it."""
    if isinstance(t, str):
        return t
    (key, of), = t.items()
    if key == "list":
        return f"list({type_text(of)})"
    if key == "map":
        return f"map({type_text(of[0])}, {type_text(of[1])})"
    if key == "abstract":
        return f"{of['name']}({', '.join(map(type_text, of['params']))})"
    if key == "param":
        return of
    return type_text(of) if isinstance(of, str) else "dyn"


def declarations(test):
    lines = [f"c {test['container']}"] if test.get("container") else []
    for row in test.get("type_env", []):
        if row["kind"] == "var":
            lines.append(f"v {row['name']} {type_text(row['type'])}")
            continue
        for o in row["overloads"]:
            takes = [type_text(p) for p in o["params"]]
            receiver = takes.pop(0) + "." if o.get("is_instance") else ""
            lines.append(f"f {row['name']} {receiver}({', '.join(takes)}) {type_text(o['result'])}")
    return "".join(line + "\n" for line in lines)


def write_seed(folder, text):
    data = text.encode("utf-8", "surrogatepass")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


def write_suite(out, suite):
    for file in sorted(suite.glob("*.json")):
        for test in json.loads(file.read_text()):
            for target in ("cel_lex", "cel_parse", "cel_eval"):
                write_seed(out / target, test["expr"])
            write_seed(out / "cel_layout", "(" + test["expr"])
            write_seed(out / "cel_check", declarations(test) + "\n" + test["expr"])


def write_policies(out):
    for file in sorted((TOP / "policy/library").glob("*.yaml")):
        write_seed(out, file.read_text())


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    write_dictionary(out / "cel.dict")
    write_policies(out / "policy")
    suite = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("WEFT_CEL_CONFORMANCE", TOP.parent / "shared/cel-conformance")
    if pathlib.Path(suite).is_dir():
        write_suite(out, pathlib.Path(suite))


if __name__ == "__main__":
    main()
