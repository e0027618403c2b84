#!/usr/bin/python3
"""The machine loses its power at any moment: what is on the disk then, and what a server makes of it.

    tests/fault/power_loss.py [--states 60] [--seconds 2] [--seed N]

A server works under load while tests/fault/preload/ notes every write below the data folder, and when each file was
synced.  Out of that history the files are made as a disk may have them at some moment: what was written before a sync that
had ended is there; of what was written later, each write, and each sector of one, is there or is not, or is garbage.

On each such state a server starts.  Every version that a client had been told of at that moment is there, with its
event's number; the log verifies, the projections are what the log says, and the next publish works.

At the end comes a disk that lies about its syncs: there the same checks must find that something is missing.
"""

import argparse
import os
import pathlib
import random
import shutil
import struct
import sys
import tempfile
import threading
import time

import faults
import weft

HEAD = struct.Struct("=IIqQ")  # preload/journal.c
WRITE, TRUNCATE, SYNC, SYNCED = 1, 2, 3, 4
SECTOR = 512
WAYS = ("nothing", "everything", "some", "torn", "garbage")


class File:
    """What of a file is sure, and what was done to it since."""

    def __init__(self, content=b""):
        self.sure, self.loose, self.begun = bytearray(content), [], {}

    def add(self, what, offset, content):
        if what in (WRITE, TRUNCATE):
            self.loose.append((what, offset, content))
        elif what == SYNC:
            self.begun[offset] = len(self.loose)
        else:
            self.settle(self.begun.pop(offset))

    def settle(self, count):
        """What had been done when this sync began is sure now that it has ended."""
        for what, offset, content in self.loose[:count]:
            put(self.sure, what, offset, content)
        del self.loose[:count]
        self.begun = {number: max(0, at - count) for number, at in self.begun.items()}

    def after_loss(self, way, chance):
        content = bytearray(self.sure)
        for what, offset, written in self.loose:
            if way == "everything" or (way != "nothing" and chance.random() < 0.5):
                if way in ("torn", "garbage") and what == WRITE:
                    put_sectors(content, offset, written, way, chance)
                else:
                    put(content, what, offset, written)
        return content


def put(content, what, offset, written):
    if what == TRUNCATE:
        del content[offset:]
    content.extend(bytes(max(0, offset - len(content))))
    content[offset:offset + len(written)] = written


def put_sectors(content, offset, written, way, chance):
    """Each sector by itself: there, as before, or (garbage) something else."""
    place = 0
    while place < len(written):
        end = min(len(written), place + SECTOR - (offset + place) % SECTOR)
        fate = chance.random()
        if fate < 0.5:
            put(content, WRITE, offset + place, written[place:end])
        elif way == "garbage" and fate < 0.75:
            put(content, WRITE, offset + place, chance.randbytes(end - place))
        place = end


class History:
    """The journal, read once from its beginning on."""

    def __init__(self, path, base):
        self.bytes = path.read_bytes()
        self.place, self.base, self.files = 0, base, {}

    def boundaries(self):
        """Where records end: (offset, what)."""
        place, found = 0, []
        while place + HEAD.size <= len(self.bytes):
            what, name_length, _, length = HEAD.unpack_from(self.bytes, place)
            place += HEAD.size + name_length + (length if what == WRITE else 0)
            found.append((place, what))
        return [record for record in found if record[0] <= len(self.bytes)]

    def go_on(self, end, lies_from=None):
        """Up to that offset; syncs that end behind `lies_from` do not do what they say."""
        while self.place < end:
            what, name_length, offset, length = HEAD.unpack_from(self.bytes, self.place)
            begin = self.place + HEAD.size
            name = self.bytes[begin:begin + name_length].decode()
            content = self.bytes[begin + name_length:begin + name_length + length] if what == WRITE else b""
            self.place = begin + name_length + len(content)
            is_lie = what == SYNCED and lies_from is not None and self.place > lies_from
            if not name.endswith("-shm") and not is_lie:
                self.file(name).add(what, offset, content)

    def file(self, name):
        if name not in self.files:
            path = self.base / name
            self.files[name] = File(path.read_bytes() if path.exists() else b"")
        return self.files[name]

    def write_state(self, folder, way, chance):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.base, folder)
        for name, file in self.files.items():
            (folder / name).write_bytes(file.after_loss(way, chance))


class Load:
    """Clients, and what each was told when the journal had which length."""

    def __init__(self, server, journal):
        self.server, self.journal, self.lock = server, journal, threading.Lock()
        self.told, self.failures = [], []  # (length of the journal, name, version, event)
        self.stop = threading.Event()

    def publish(self, number):
        connection, turn = self.server.connect(), 0
        while not self.stop.is_set():
            turn += 1
            name = f"power.c{number}_{turn}" if turn % 3 else f"power.again_c{number}"
            document = weft.product(name, description=f"turn {turn}", tags=[f"t{turn}"])
            answer = self.server.publish(document, connection=connection, check=False)
            assert answer.status in (200, 201), answer
            with self.lock:
                length = os.stat(self.journal).st_size
                self.told.append((length, name, answer.json["version"], answer.json["event"]))

    def run(self, clients, seconds):
        def guarded(number):
            try:
                self.publish(number)
            except BaseException as failure:  # pylint: disable=broad-except
                self.failures.append(failure)
        threads = [threading.Thread(target=guarded, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)  # how long there is load, not a wait for something
        self.stop.set()
        for thread in threads:
            thread.join()
        if self.failures:
            raise self.failures[0]


def record_history(folder, options):
    """A catalog that rests, and a journal of the load after it."""
    data, base, journal = folder / "data", folder / "base", folder / "journal"
    with weft.Server(data=data, arguments=["--log-level", "error"]) as server:
        server.publish(weft.product("before.all"))
    shutil.copytree(data, base)
    server = faults.Server(data=data, journal=journal)
    try:
        server.start()
        load = Load(server, journal)
        load.run(options.clients, options.seconds)
        server.kill()
    finally:
        server.close()
    return History(journal, base), load.told


def check_state(folder, told, number):
    """Fails when the server on it does not have what it must."""
    server = weft.Server(data=folder, arguments=["--log-level", "error"])
    try:
        server.start()
        events = {event["seq"]: event for event in server.events(check=False)}
        assert sorted(events) == list(range(1, len(events) + 1)), "the log has gaps"
        for _, name, version, seq in told:
            assert seq in events, f"event {seq}, {name} {version}: acknowledged, and gone; there are {len(events)}"
            body = events[seq]["body"]
            assert events[seq]["subject"] == name and body["version"] == version, f"event {seq} is {events[seq]}"
        answer = server.publish(weft.product("power.after", description=f"state {number}"))
        assert answer.status == 201, f"the next publish: {answer}"
        server.stop()
        for words in (["audit", "verify", "--data", folder], ["rebuild", "--data", folder]):
            done = weft.run_client(*words)
            assert done.returncode == 0, f"weft {words[0]}:\n{done.stdout}{done.stderr}"
    finally:
        if server.alive:
            server.kill()
        server.close()
    return len(events)


def choose_cuts(boundaries, states, chance):
    """Half of them anywhere, half around syncs: there more is at stake."""
    offsets = [offset for offset, _ in boundaries]
    syncs = [place for place, (_, what) in enumerate(boundaries) if what in (SYNC, SYNCED)]
    places = [chance.randrange(len(offsets)) for _ in range(states // 2)]
    places += [min(len(offsets) - 1, max(0, chance.choice(syncs) + chance.randint(-1, 1))) for _ in range(states - len(places))]
    return [offsets[place] for place in sorted(places)]


def check_liar(folder, told, history):
    """The control: from the middle of the load on, syncs are answered and nothing is kept."""
    history.go_on(told[-1][0], lies_from=told[len(told) // 2][0])
    history.write_state(folder, "nothing", random.Random(0))
    try:
        check_state(folder, told, 0)
    except AssertionError as found:
        assert "acknowledged, and gone" in str(found), found
        return
    raise AssertionError("syncs were forgotten, and nobody noticed: the checks are blind")


def run(options, folder):
    chance = random.Random(options.seed)
    history, told = record_history(folder, options)
    boundaries = history.boundaries()
    synced = sum(what == SYNCED for _, what in boundaries)
    assert len(told) > 50 and synced > 20, f"{len(told)} publishes, {synced} syncs: that is no load"
    state = folder / "state"
    for number, cut in enumerate(choose_cuts(boundaries, options.states, chance), 1):
        history.go_on(cut)
        way = WAYS[number % len(WAYS)]
        history.write_state(state, way, chance)
        try:
            check_state(state, [word for word in told if word[0] <= cut], number)
        except AssertionError as failed:
            raise AssertionError(f"state {number} ({way}), cut at {cut} of {len(history.bytes)}: {failed}") from failed
    check_liar(state, told, History(folder / "journal", folder / "base"))
    print(f"{options.states} states out of {len(boundaries)} moments, {len(told)} publishes, {synced} syncs: "
          "nothing lost, nothing half; a lying disk was found out")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, default=60, help="how many states of the disk to try (60)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of load (2)")
    parser.add_argument("--clients", type=int, default=4, help="at a time (4)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of moments and fates")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-power-"))
    try:
        run(options, folder)
    except BaseException:
        print(f"\nFAILED with --seed {options.seed}; the folder is kept: {folder}\n0 passed, 1 failed, 0 skipped", flush=True)
        raise
    shutil.rmtree(folder)
    print("1 passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    sys.exit(main())
