"""What clients know while a server is broken under them, and whether it still holds afterwards.

Clients tell the ledger what they send and what is acknowledged; after the fault the checks ask a server:

  - every version whose answer a client has seen is there, with the event number that the answer gave;
  - what was sent and never answered is there whole, or not at all;
  - nothing is there twice: every document is another, so a second version with the same description is one too many;
  - the log has no gaps, and verifies: also against a checkpoint that was kept from earlier.

A server is a weft.Server, or anything else with its get, pages, events, checkpoint and client.
"""

import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402


def document(name, description):
    """What the clients publish: with storage, so that there is work behind each."""
    return weft.product(name, description=description, storage=[{"plugin": "filesystem"}])


class Ledger:
    """Which versions were acknowledged, which were sent and never answered."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = {}  # name -> {version: (event, description)}
        self.unanswered = {}    # name -> descriptions that may or may not have become a version
        self.resources = set()  # names that asked for storage and were acknowledged
        self.checked = set()    # (name, version) whose content was looked at
        self.publishes = 0

    def sent(self, name, description):
        with self.lock:
            self.unanswered.setdefault(name, set()).add(description)

    def refused(self, name, description):
        """The answer says that nothing has happened: so it may not be there."""
        with self.lock:
            self.unanswered[name].discard(description)

    def answered(self, name, description, answer):
        """Also of a command that was sent before, with the same key: it made one version."""
        with self.lock:
            of_name = self.acknowledged.setdefault(name, {})
            known = {version: event for version, (event, of) in of_name.items() if of == description}
            assert known in ({}, {answer["version"]: answer["event"]}), f"{name}: {description}: {known}, and {answer}"
            other = of_name.get(answer["version"], (None, description))[1]
            assert other == description, f"{name} {answer['version']} was acknowledged for '{other}', too"
            self.unanswered[name].discard(description)
            of_name[answer["version"]] = (answer["event"], description)
            self.resources.add(name)
            self.publishes += 1

    @property
    def names(self):
        return sorted(set(self.acknowledged) | set(self.unanswered))


def check_product(server, ledger, name):
    """All acknowledged versions and nothing but them and whole unanswered ones; says how many versions there are."""
    acknowledged = ledger.acknowledged.get(name, {})
    possible = ledger.unanswered.get(name, set())
    answer = server.get(f"/api/v1/products/{name}/versions?limit=1000", check=False)
    if answer.status == 404:
        assert not acknowledged, f"{name}: acknowledged {sorted(acknowledged)}, and gone"
        return 0
    found = {}
    for version in server.pages(f"/api/v1/products/{name}/versions", limit=1000, check=False):
        found[version["version"]] = version
    for version, (event, description) in acknowledged.items():
        assert version in found, f"{name} {version}: acknowledged, and gone"
        assert found[version]["event"] == event, f"{name} {version}: event {found[version]} instead of {event}"
        if (name, version) not in ledger.checked:
            check_content(server, name, version, {description})
            ledger.checked.add((name, version))
    possible -= {description for _, description in acknowledged.values()}  # sent again, and there already
    for version in found.keys() - acknowledged.keys():
        description = check_content(server, name, version, possible)
        possible.discard(description)
        acknowledged[version] = (found[version]["event"], description)
    possible.clear()  # what is not there now never will be
    if acknowledged:
        ledger.acknowledged[name] = acknowledged
        ledger.resources.add(name)
    return len(found)


def check_content(server, name, version, descriptions):
    answer = server.get(f"/api/v1/products/{name}/versions/{version}", check=False)
    assert answer.status == 200, f"{name} {version}: {answer}"
    found = answer.json["product"]
    assert found["description"] in descriptions, f"{name} {version}: {found} is none of {descriptions}"
    assert found == document(name, found["description"]), found
    return found["description"]


def check_log(server, kept, offline=True):
    """By the client over HTTP, and offline beside the running server, also against what was kept."""
    words = ["--since", str(kept)] if kept.exists() else []
    ways = [server.client("audit", "verify", *words)]
    if offline:
        ways.append(weft.run_client("audit", "verify", "--data", server.data, *words))
    for done in ways:
        assert done.returncode == 0, f"the log does not verify:\n{done.stdout}{done.stderr}"
    kept.write_text(server.checkpoint(check=False).note)


def check_events(server, after):
    """No gaps, and each version is in the log once."""
    last = after
    for event in server.events(after=after, check=False):
        assert event["seq"] == last + 1, f"event {event['seq']} after {last}"
        last = event["seq"]
    return last


def wait_ready(server, names):
    """What was asked for is made, and its folder is there."""
    for name in names:
        for resource in server.wait_resources(name):
            assert server.location(resource).is_dir(), f"{name}: {resource} is not there"


def show(text):
    """Progress, on one line of a terminal."""
    if sys.stdout.isatty():
        print(f"\r{text}\x1b[K", end="", flush=True)
