-- Several nodes on one database: who may write the log, what each has committed last, whose a job is.

CREATE TABLE log_lock ( -- one row, which a node locks while it writes: the log has one writer at a time
	id INTEGER PRIMARY KEY -- 1
);

INSERT INTO log_lock (id) VALUES (1);

CREATE TABLE writers ( -- the last transaction of each node: whose connection broke within a commit finds out here
	node TEXT PRIMARY KEY NOT NULL, -- a process of Weft, by a random name
	turn INTEGER NOT NULL,          -- counts its transactions
	at   INTEGER NOT NULL           -- when it was, microseconds since 1970 in UTC
) WITHOUT ROWID;

ALTER TABLE jobs ADD COLUMN holder TEXT;   -- the node that claimed it last
ALTER TABLE jobs ADD COLUMN claim INTEGER; -- when that was: who holds an earlier claim has lost it
