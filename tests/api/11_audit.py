#!/usr/bin/python3
"""The log can be verified without trusting who keeps it.

The hashes and proofs are computed here a second time, from RFC 6962 and RFC 9162 alone.  Altering the database by hand,
one byte or all of it, is found and named.
"""

import base64
import hashlib
import json
import shutil
import sqlite3

import weft

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(event):
    """The leaf of an event: seven lines, the last the digest of its body as compact JSON."""
    body = json.dumps(event["body"], separators=(",", ":"), ensure_ascii=False).encode()
    lines = ["weft-event/1", str(event["seq"]), event["time"], event["actor"], event["kind"], event["subject"],
             hashlib.sha256(body).hexdigest()]
    return sha(b"\x00", ("\n".join(lines) + "\n").encode())


def root_hash(leaves):
    """MTH of RFC 6962, section 2.1."""
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\x01", root_hash(leaves[:split]), root_hash(leaves[split:]))


def inclusion_holds(leaf, index, size, path, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    first, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = sha(b"\x01", step, found)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            found = sha(b"\x01", found, step)
        first >>= 1
        last >>= 1
    return last == 0 and found == root


def consistency_holds(size1, root1, size2, root2, path):
    """RFC 9162, section 2.1.4.2."""
    if size1 == size2:
        return not path and root1 == root2
    if not path:
        return False
    path = ([root1] if size1 & (size1 - 1) == 0 else []) + path
    first, last = size1 - 1, size2 - 1
    while first & 1:
        first >>= 1
        last >>= 1
    one = two = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            one, two = sha(b"\x01", step, one), sha(b"\x01", step, two)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            two = sha(b"\x01", two, step)
        first >>= 1
        last >>= 1
    return one == root1 and two == root2 and last == 0


def decode_hash(text):
    return bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text)


def fill(server, count=20):
    server.publish(weft.CASE_STUDY)
    for number in range(count):
        server.publish(weft.product(f"audit.p{number}", description=f"Zürich – {number} \"quoted\" \\ / \u2028 \x7f"))


class Proofs(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill(cls.server)
        cls.events = cls.server.events()
        cls.leaves = [leaf_hash(event) for event in cls.events]

    def test_leaves_are_what_the_events_say(self):
        for event, leaf in zip(self.events, self.leaves):
            self.assertEqual(event["leaf"], leaf.hex(), event["seq"])

    def test_the_checkpoint_is_the_root_over_all_events(self):
        checkpoint = self.server.checkpoint()
        self.assertEqual(checkpoint.size, len(self.leaves))
        self.assertEqual(checkpoint.root, root_hash(self.leaves))

    def test_the_checkpoint_is_signed_by_the_folders_key(self):
        if Ed25519PublicKey is None:
            self.skipTest("no Ed25519 in this Python; the client checks it in the next test")
        name, key_id, key = (self.server.data / "log.verifier").read_text().strip().split("+", 2)
        key = base64.b64decode(key)
        self.assertEqual(key[0], 1)
        self.assertEqual(hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex(), key_id)
        checkpoint = self.server.checkpoint()
        dash, signer, signature = checkpoint.signatures[0].split(" ")
        signature = base64.b64decode(signature)
        self.assertEqual((dash, signer, checkpoint.origin), ("\u2014", name, name))
        self.assertEqual(signature[:4].hex(), key_id)
        public = Ed25519PublicKey.from_public_bytes(key[1:])
        public.verify(signature[4:], checkpoint.head.encode())
        with self.assertRaises(InvalidSignature):
            public.verify(signature[4:], checkpoint.head.replace(checkpoint.origin, "other").encode())

    def test_inclusion_of_every_event_in_every_size(self):
        total = len(self.leaves)
        for size in (1, 2, 3, 7, 8, total - 1, total):
            root = root_hash(self.leaves[:size])
            for seq in range(1, size + 1):
                answer = self.server.get(f"/api/v1/audit/inclusion?seq={seq}&size={size}")
                self.assertStatus(answer, 200)
                path = [decode_hash(text) for text in answer.json["hashes"]]
                self.assertTrue(inclusion_holds(self.leaves[seq - 1], seq - 1, size, path, root), (seq, size))
                self.assertFalse(inclusion_holds(sha(b"another"), seq - 1, size, path, root))

    def test_consistency_between_all_sizes(self):
        total = len(self.leaves)
        roots = {size: root_hash(self.leaves[:size]) for size in range(1, total + 1)}
        for before in range(1, total + 1):
            for after in {before, min(before + 1, total), total}:
                answer = self.server.get(f"/api/v1/audit/consistency?from={before}&to={after}")
                self.assertStatus(answer, 200)
                path = [decode_hash(text) for text in answer.json["hashes"]]
                self.assertTrue(consistency_holds(before, roots[before], after, roots[after], path), (before, after))
                if before != after:
                    self.assertFalse(consistency_holds(before, sha(b"another"), after, roots[after], path))

    def test_the_client_verifies_over_http(self):
        done = self.assertDone(self.server.client("audit", "verify"))
        self.assertIn(str(len(self.leaves)), done.stdout)
        note = self.folder() / "checkpoint"
        note.write_text(self.server.checkpoint().note)
        self.assertDone(self.server.client("audit", "verify", "--since", note))
        note.write_text(note.read_text().replace(str(len(self.leaves)), str(len(self.leaves) - 1), 1))
        self.assertDone(self.server.client("audit", "verify", "--since", note), 1)

    def test_offline_beside_the_running_server(self):
        self.assertDone(weft.run_client("audit", "verify", "--data", self.server.data))


@weft.sqlite_only
class Tampering(weft.Case):
    """One folder, filled once; each test spoils a copy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill(cls.server)
        cls.kept = cls.server.checkpoint().note
        cls.seq = next(event["seq"] for event in cls.server.events() if event["subject"] == "audit.p3")
        cls.server.stop()

    def copy(self):
        data = self.folder() / "data"
        shutil.copytree(self.server.data, data)
        (data.parent / "kept").write_text(self.kept)
        return data

    def spoil(self, data, *statements):
        with sqlite3.connect(data / "weft.db") as db:
            for sql, *values in statements:
                changed = db.execute(sql, values).rowcount
                self.assertNotEqual(changed, 0, sql)
        db.close()

    def verify(self, data, *words):
        return weft.run_client("audit", "verify", "--data", data, *words)

    def test_the_untouched_log_holds(self):
        data = self.copy()
        self.assertDone(self.verify(data))
        self.assertDone(self.verify(data, "--since", data.parent / "kept"))

    def test_one_byte_of_an_old_event_in_the_file_is_found_and_named(self):
        """With no help of the database: a byte in the file itself."""
        data = self.copy()
        path = data / "weft.db"
        content = bytearray(path.read_bytes())
        with sqlite3.connect(path) as db:
            body, = db.execute("SELECT body FROM events WHERE seq = ?", (self.seq,)).fetchone()
        db.close()
        place = content.index(body[body.index("audit.p3") :][:200].encode())
        target = content.index(b"test-team", place)
        content[target] ^= 1
        path.write_bytes(content)
        done = self.assertDone(self.verify(data), 1)
        self.assertIn(f"event {self.seq}", done.stdout + done.stderr)
        self.assertNotIn(f"event {self.seq + 1}:", done.stdout + done.stderr)

    def test_every_part_of_an_event_counts(self):
        for column, value in (("time", 1), ("actor", "mallory"), ("kind", "product.retired"), ("subject", "a.b"),
                              ("body_hash", b"\0" * 32), ("body", "{}")):
            with self.subTest(column):
                data = self.copy()
                self.spoil(data, (f"UPDATE events SET {column} = ? WHERE seq = ?", value, self.seq))
                done = self.assertDone(self.verify(data), 1)
                self.assertIn(f"event {self.seq}", done.stdout + done.stderr)

    def test_an_event_taken_out_is_found(self):
        data = self.copy()
        self.spoil(data, ("DELETE FROM events WHERE seq = ?", self.seq))
        done = self.assertDone(self.verify(data), 1)
        self.assertIn(str(self.seq), done.stdout + done.stderr)

    def test_the_last_events_cut_off_are_found(self):
        data = self.copy()
        self.spoil(data, ("DELETE FROM events WHERE seq > ?", self.seq), ("DELETE FROM log_tree WHERE seq > ?", self.seq))
        done = self.verify(data)
        self.assertIn(done.returncode, (1, 3), done.stdout + done.stderr)

    def test_a_tree_that_was_changed_with_its_event_is_found_by_the_checkpoint(self):
        """Who alters an event and makes all hashes again is betrayed by what was signed."""
        data = self.copy()
        with sqlite3.connect(data / "weft.db") as db:
            rewrite_history(db, self.seq)
        db.close()
        self.assertDone(self.verify(data), 1)
        self.assertDone(self.verify(data, "--since", data.parent / "kept"), 1)

    def test_another_valid_log_in_its_place_is_found_by_a_kept_checkpoint(self):
        with weft.Server() as other:
            fill(other, 30)
            other.checkpoint()
            other.stop()
            self.assertDone(weft.run_client("audit", "verify", "--data", other.data))
            kept = self.folder() / "kept"
            kept.write_text(self.kept)
            done = self.assertDone(self.verify(other.data, "--since", kept), 1)
            self.assertTrue(done.stdout + done.stderr)

    def test_another_valid_log_signed_by_the_same_key_is_found_by_a_kept_checkpoint(self):
        """The platform team itself writes a new history and signs it: only who kept a checkpoint can tell."""
        data = self.copy()
        for name in ("weft.db", "weft.db-wal", "weft.db-shm"):
            (data / name).unlink(missing_ok=True)
        with weft.Server(data=data) as forged:
            fill(forged, 30)
            self.assertNotEqual(forged.checkpoint().note, self.kept)
            forged.stop()
        self.assertDone(self.verify(data))
        done = self.assertDone(self.verify(data, "--since", data.parent / "kept"), 1)
        self.assertTrue(done.stdout + done.stderr)

    def test_a_redacted_body_keeps_every_proof(self):
        data = self.copy()
        self.spoil(data, ("UPDATE events SET body = NULL WHERE seq = ?", self.seq))
        done = self.assertDone(self.verify(data, "--json"))
        self.assertEqual(json.loads(done.stdout)["redacted"], 1)


def rewrite_history(db, seq):
    """Change an event's body and make every stored hash of the tree again, as who has the database can."""
    body, = db.execute("SELECT body FROM events WHERE seq = ?", (seq,)).fetchone()
    body = body.replace("test-team", "evil-team")
    db.execute("UPDATE events SET body = ?, body_hash = ? WHERE seq = ?",
               (body, hashlib.sha256(body.encode()).digest(), seq))
    leaves = []
    for number, time, actor, kind, subject, digest in db.execute(
            "SELECT seq, time, actor, kind, subject, body_hash FROM events ORDER BY seq"):
        lines = ["weft-event/1", str(number), weft.as_time(time), actor, kind, subject, digest.hex()]
        leaves.append(sha(b"\x00", ("\n".join(lines) + "\n").encode()))
    for last, level in db.execute("SELECT seq, level FROM log_tree").fetchall():
        db.execute("UPDATE log_tree SET hash = ? WHERE seq = ? AND level = ?",
                   (root_hash(leaves[last - 2**level : last]), last, level))


if __name__ == "__main__":
    weft.main()
