-- What is neither truth nor made from it: work to do, secrets' hashes, answers kept for a day.

CREATE TABLE jobs ( -- work that must happen after a commit; one row for each kind and subject
	kind    TEXT NOT NULL,    -- what to do, such as reconcile
	subject TEXT NOT NULL,    -- to what, such as a product's name
	round   INTEGER NOT NULL, -- grows each time it is asked for
	claimed INTEGER,          -- the round that is being worked on; NULL while it waits
	run_at  INTEGER NOT NULL, -- when it was asked to run, microseconds since 1970 in UTC
	due_at  INTEGER NOT NULL, -- when it may be claimed: run_at, or the end of the lease while it is claimed
	attempts INTEGER NOT NULL, -- failed ones since it was last asked for
	error   TEXT,             -- of the last attempt
	PRIMARY KEY (kind, subject)
) WITHOUT ROWID;

CREATE INDEX jobs_by_due ON jobs (due_at);

CREATE TABLE tokens ( -- who holds which bearer token
	id          TEXT PRIMARY KEY NOT NULL, -- short and public
	secret_hash BLOB NOT NULL,             -- SHA-256 of the token, 32 bytes; the token itself is nowhere
	name        TEXT NOT NULL,             -- whom it speaks for
	role        TEXT NOT NULL,             -- what it may do
	domains     TEXT NOT NULL,             -- where, a JSON list of texts
	created_at  INTEGER NOT NULL,          -- microseconds since 1970 in UTC
	expires_at  INTEGER NOT NULL,          -- the same; 0 is never
	revoked     INTEGER NOT NULL,          -- 1 once it was revoked
	seq         INTEGER NOT NULL           -- the event that changed it last
) WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_by_secret ON tokens (secret_hash);
CREATE INDEX tokens_by_seq ON tokens (seq);

CREATE TABLE kept_answers ( -- answers to commands with an Idempotency-Key
	actor        TEXT NOT NULL,    -- who asked: a key counts within one actor
	key          TEXT NOT NULL,    -- the Idempotency-Key
	request      BLOB NOT NULL,    -- digest of the request, 32 bytes
	status       INTEGER NOT NULL, -- of HTTP
	content_type TEXT NOT NULL,    -- of the body
	body         BLOB NOT NULL,    -- the answer's bytes
	kept_at      INTEGER NOT NULL, -- microseconds since 1970 in UTC
	PRIMARY KEY (actor, key)
) WITHOUT ROWID;

CREATE INDEX kept_answers_by_age ON kept_answers (kept_at);
