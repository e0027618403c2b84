#!/usr/bin/python3
"""The layers hold: who uses whom, which library is wrapped where, and SQL only where the memory is.

    tests/layers.py [BUILD]        the build whose compile commands are tried (build/dev)

The arrows of design section 2 stand here a second time, on purpose: a new arrow in a CMakeLists.txt is a decision, and
fails here until it is made in both places.
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[1]
BUILD = TOP / "build" / "dev"

# module: what it may use
ARROWS = {
    "base": [],
    "policy": ["base"],
    "proof": ["base"],
    "descriptor": ["base"],
    "catalog": ["base", "descriptor", "proof"],
    "templates": ["base", "policy"],
    "identity": ["base", "catalog", "proof"],
    "governance": ["base", "catalog", "descriptor", "identity", "policy", "proof"],
    "jobs": ["base", "catalog", "descriptor", "proof"],
    "provision": ["base", "catalog", "descriptor", "jobs", "proof"],
    "http": ["base"],
    "api": ["base", "catalog", "descriptor", "governance", "http", "identity", "policy", "proof", "provision"],
    "cli": ["base", "descriptor", "policy", "proof"],
}

# outside header: the folders that may include it
WRAPPED = {
    r"(microhttpd|gnutls/.*)\.h": ["api/http/"],
    r"sqlite3\.h": ["catalog/", "controlplane/plugins/sqlite/"],
    r"(libpq-fe|postgresql/.*)\.h": ["catalog/"],
    r"curl/.*\.h": ["controlplane/base/"],
    r"yaml\.h": ["controlplane/base/"],
    r"sodium.*\.h": ["controlplane/base/"],
    r"openssl/.*\.h": ["controlplane/base/"],
    r"jansson\.h": ["controlplane/base/", "controlplane/plugins/"],
    r"re2/.*\.h": ["policy/"],
}

# A private room of each module, which nobody else may look into.
PRIVATE = {"catalog": "db.h", "policy": "cel/parse.h", "http": "router.h", "cli": "screen.h", "base": "reader.h"}

SQL = re.compile(r'"\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)'
                 r'|PRAGMA\s)', re.I)


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "--", *patterns], cwd=TOP, capture_output=True, text=True, check=True).stdout
    return [TOP / line for line in out.splitlines() if (TOP / line).is_file()]


def inside(path, folders):
    return any(str(path.relative_to(TOP)).startswith(folder) for folder in folders)


def sources():
    return [path for path in tracked("*.c", "*.h", "*.cc") if not inside(path, ["tests/"])]


def includes(path):
    return re.findall(r'^\s*#\s*include\s+([<"][^>"]+)[>"]', path.read_text(), re.M)


def modules():
    """Every weft_module: its name, its folder and what it uses."""
    for path in tracked("*CMakeLists.txt"):
        for call in re.findall(r"^weft_module\(([^)]*)\)", path.read_text(), re.M):
            words = call.split()
            uses, into = [], None
            for word in words[1:]:
                if word in ("PUBLIC", "SOURCES", "USES", "LINKS"):
                    into = word
                elif into == "USES":
                    uses.append(word)
            yield words[0], path.parent, uses


def public_headers(folder, name):
    """The leaves of what a module lists as PUBLIC."""
    text = (folder / "CMakeLists.txt").read_text()
    words = re.search(rf"^weft_module\({name}\s([^)]*)\)", text, re.M).group(1).split()
    end = next((place for place, word in enumerate(words) if word in ("SOURCES", "USES", "LINKS")), len(words))
    return {word.split("/")[-1] for word in words[words.index("PUBLIC") + 1 : end]}


class Layers(unittest.TestCase):
    def test_every_module_uses_only_what_it_may(self):
        found = list(modules())
        self.assertGreater(len(found), 5)
        for name, _, uses in found:
            with self.subTest(name):
                self.assertIn(name, ARROWS, "a module that has no place in the layers")
                self.assertLessEqual(set(uses), set(ARROWS[name]))

    def test_the_arrows_make_no_circle(self):
        done = []
        while len(done) < len(ARROWS):
            ready = [name for name, uses in ARROWS.items() if name not in done and set(uses) <= set(done)]
            self.assertTrue(ready, f"a circle among {set(ARROWS) - set(done)}")
            done += ready

    def test_includes_name_modules_that_are_used(self):
        used = {folder: (name, uses) for name, folder, uses in modules()}
        offered = {name: public_headers(folder, name) for name, folder, _ in modules()}
        for path in sources():
            if inside(path, ["controlplane/plugins/"]):
                continue
            folder = next((parent for parent in path.parents if parent in used), None)
            if not folder:
                continue
            name, uses = used[folder]
            for include in includes(path):
                module = include[1:].split("/")[0]
                if include[0] == '"' and "/" in include and module in ARROWS:
                    self.assertIn(module, [name, *uses], f"{path}: {include}")
                    # A module in a folder of ours would open its private rooms to us: the compiler looks beside the file.
                    if module != name:
                        self.assertIn(include.split("/")[-1], offered[module], f"{path}: {include} is a private room")
                self.assertNotIn("../", include, path)

    def test_each_library_is_wrapped_in_one_place(self):
        for path in sources():
            for include in includes(path):
                for header, folders in WRAPPED.items():
                    if include[0] == "<" and re.fullmatch(header, include[1:]):
                        self.assertTrue(inside(path, folders), f"{path}: {include}")

    def test_plugins_see_their_header_alone(self):
        for path in sources():
            if inside(path, ["controlplane/plugins/"]):
                for include in includes(path):
                    self.assertTrue(include[0] == "<" or "/" not in include, f"{path}: {include}")

    def test_sql_is_said_only_in_the_catalog(self):
        for path in sources():
            if not inside(path, ["catalog/", "controlplane/plugins/sqlite/"]):
                found = SQL.search(path.read_text())
                self.assertIsNone(found, f"{path}: {found}")

    def test_migrations_are_numbered_without_gaps(self):
        numbers = [int(path.name[:4]) for path in sorted(tracked("catalog/sql/*.sql")) if path.parent.name == "sql"]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertTrue(numbers)

    def test_a_migration_of_one_database_takes_the_place_of_another(self):
        written = {path.name for path in tracked("catalog/sql/*.sql") if path.parent.name == "sql"}
        own = {path.name for path in tracked("catalog/sql/*/*.sql")}
        self.assertTrue(own)
        self.assertLessEqual(own, written)

    def test_every_table_and_column_has_a_comment(self):
        for path in tracked("catalog/sql/*.sql"):
            for table in re.findall(r"^CREATE TABLE .*?^\)", path.read_text(), re.M | re.S):
                for line in table.splitlines()[:-1]:
                    if line.strip() and not re.match(r"\s*(PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK)\b", line):
                        self.assertIn("--", line, f"{path}: {line}")

    def test_the_top_level_is_the_one_of_the_design(self):
        allowed = {"CMakeLists.txt", "controlplane", "policy", "catalog", "templates", "api", "tests", "deploy", "README.md",
                   "LICENSE", "CMakePresets.json", "cmake"}
        top = {str(path.relative_to(TOP)).split("/")[0] for path in tracked("*")}
        self.assertLessEqual({name for name in top if not name.startswith(".")}, allowed)


class ForbiddenIncludes(unittest.TestCase):
    """What may not be included does not compile: tried with each module's own compiler flags."""

    @classmethod
    def setUpClass(cls):
        path = BUILD / "compile_commands.json"
        if not path.exists():
            raise unittest.SkipTest(f"{path} is not there")
        cls.commands = {}
        for entry in json.loads(path.read_text()):
            cls.commands.setdefault(pathlib.Path(entry["file"]).parent, entry)

    def compiles(self, folder, header):
        entry = next(entry for place, entry in sorted(self.commands.items()) if place == folder or folder in place.parents)
        flags = [word for word in shlex.split(entry["command"])[1:]
                 if word.startswith(("-I", "-D", "-std", "-isystem")) or word.startswith("/")]
        flags = [word for word in flags if word.startswith("-")]
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write(f'#include "{header}"\n')
            file.flush()
            return subprocess.run(["gcc", *flags, "-fsyntax-only", "-x", "c", file.name], capture_output=True,
                                  cwd=entry["directory"], check=False).returncode == 0

    def test_a_module_sees_what_it_uses_and_nothing_else(self):
        headers = {}
        for name, folder, _ in modules():
            view = BUILD / "include" / name / name
            headers[name] = [f"{name}/{path.name}" for path in view.glob("*.h")]
            self.assertTrue(headers[name], f"{view} is empty")
        folders = {name: folder for name, folder, _ in modules()}
        for name, folder, uses in modules():
            for other, offered in headers.items():
                with self.subTest(f"{name} includes {offered[0]}"):
                    if other == name or other in uses or folder in folders[other].parents:
                        continue
                    self.assertFalse(self.compiles(folder, sorted(offered)[0]))

    def test_what_is_used_is_seen(self):
        """The control of the test above: the same question has another answer where the arrow is."""
        for name, folder, uses in modules():
            if "base" in uses:
                with self.subTest(name):
                    self.assertTrue(self.compiles(folder, "base/err.h"))

    def test_private_rooms_are_closed(self):
        folders = {name: folder for name, folder, _ in modules()}
        for owner, room in PRIVATE.items():
            for name, folder, uses in modules():
                if owner in uses and folder not in folders[owner].parents:
                    with self.subTest(f"{name} looks into {owner}'s {room}"):
                        self.assertFalse(self.compiles(folder, f"{owner}/{room}"))
                        self.assertFalse(self.compiles(folder, room))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    result = unittest.main(exit=False, verbosity=1).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(1 if failed else 0)
