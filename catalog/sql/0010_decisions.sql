-- What falls short of the policies, since when, and how far the judgement that never ends has come.

-- A complaint that is raised again without a gap keeps its time, in whichever version of the product or policy.
CREATE TABLE violations ( -- what the versions in force fall short of; made from events (shortfall_apply.c)
	product     TEXT NOT NULL,    -- the product's name
	policy      TEXT NOT NULL,    -- the policy's name
	rule        TEXT NOT NULL,    -- which of its validations
	part        INTEGER NOT NULL, -- 1, 2 ...: tells several complaints of one validation apart
	domain      TEXT NOT NULL,    -- the product's, to filter by
	owner       TEXT NOT NULL,    -- the product's, to filter by
	pointer     TEXT NOT NULL,    -- JSON Pointer into the document
	enforcement TEXT NOT NULL,    -- deny, warn or audit, as it counts now
	message     TEXT NOT NULL,    -- the complaint
	line        INTEGER,          -- where, in the document as it was sent; NULL when that is not known
	col         INTEGER,          -- the same
	suggestion  TEXT,             -- what would be right, or NULL
	since       INTEGER NOT NULL, -- when it first fell short, microseconds since 1970 in UTC
	since_seq   INTEGER NOT NULL, -- the event that found it first
	grace_end   INTEGER,          -- until then it only warns; NULL: no such time
	seq         INTEGER NOT NULL, -- the event that found it last
	PRIMARY KEY (product, policy, rule, part)
) WITHOUT ROWID;

CREATE INDEX violations_by_policy ON violations (policy, product, rule, part);
CREATE INDEX violations_by_domain ON violations (domain, product, policy, rule, part);
CREATE INDEX violations_by_grace ON violations (grace_end, product) WHERE grace_end IS NOT NULL;

ALTER TABLE products ADD COLUMN judged_seq INTEGER; -- the last product.judged of the version in force; NULL: none since its publish

CREATE TABLE standing ( -- one row: how far the standing judgement has followed the log, and who does it
	id         INTEGER PRIMARY KEY, -- 1
	seq        INTEGER NOT NULL,    -- what the events up to this one touched has been judged again; 0: nothing yet
	swept_at   INTEGER NOT NULL,    -- the clock has been taken into account up to here, microseconds since 1970 in UTC
	holder     TEXT,                -- the node that does it
	lease_ends INTEGER NOT NULL     -- until then it is that node's, microseconds since 1970 in UTC
);

INSERT INTO standing (id, seq, swept_at, lease_ends) VALUES (1, 0, 0, 0);
