-- A life for policies: every version that was ever in force, who brought it and when it ended.  Made from events, too; a
-- database of before gets the rows of its log when it is brought here (rulebook_apply.c).

CREATE TABLE policy_versions ( -- one row for each version of each policy
	name        TEXT NOT NULL,    -- the policy's name
	version     INTEGER NOT NULL, -- 1, 2 ...; a policy that comes back after it was retired counts on
	seq         INTEGER NOT NULL, -- the event that defined it first; its body holds the source
	hash        TEXT NOT NULL,    -- of the content, hexadecimal
	scope       TEXT NOT NULL,    -- global, or domain:NAME
	enforcement TEXT NOT NULL,    -- deny, warn or audit
	defined_at  INTEGER NOT NULL, -- microseconds since 1970 in UTC
	defined_by  TEXT NOT NULL,    -- the actor
	until_seq   INTEGER,          -- the event that ended it: the next version's, or its retirement; NULL while it is in force
	retired_at  INTEGER,          -- when it was retired; NULL when it is in force or was replaced
	retired_by  TEXT,             -- the actor who retired it
	PRIMARY KEY (name, version)
) WITHOUT ROWID;

-- A verdict names the policy's version by its hash.
CREATE INDEX policy_versions_by_hash ON policy_versions (hash, name, version);
