-- The truth: what happened, in order, and the Merkle tree over it.  Only ever added to.

CREATE TABLE events ( -- one row for each thing that happened
	seq       INTEGER PRIMARY KEY, -- 1, 2, 3 ... without gaps: the leaf seq - 1 of the tree
	time      INTEGER NOT NULL,    -- microseconds since 1970 in UTC, never less than the event before
	actor     TEXT NOT NULL,       -- who did it
	kind      TEXT NOT NULL,       -- what was done, such as product.published
	subject   TEXT NOT NULL,       -- to what: a name
	body_hash BLOB NOT NULL,       -- SHA-256 of the body, 32 bytes; stays when the body is redacted
	body      TEXT                 -- compact JSON; NULL when redacted
);

CREATE INDEX events_by_subject ON events (subject, seq);

CREATE TABLE log_tree ( -- the hashes of complete subtrees (RFC 6962), each under the event that completes it
	seq   INTEGER NOT NULL, -- the last event that the subtree covers
	level INTEGER NOT NULL, -- it covers 2^level events; level 0 is the event's own leaf
	hash  BLOB NOT NULL,    -- SHA-256, 32 bytes
	PRIMARY KEY (seq, level)
) WITHOUT ROWID;

CREATE TABLE checkpoints ( -- signed statements of how large the log was and what it held
	size INTEGER PRIMARY KEY, -- how many events
	root BLOB NOT NULL,       -- of the tree over them, 32 bytes
	note TEXT NOT NULL,       -- the signed note as it was given out
	time INTEGER NOT NULL     -- when it was signed, microseconds since 1970 in UTC
);
