-- How many fall short, counted when they are written: a list's first page gives the sums over all of them beside it.

CREATE TABLE violation_counts ( -- how many violations have this in common; made from events with them (shortfall_apply.c)
	policy      TEXT NOT NULL,    -- the policy's name
	domain      TEXT NOT NULL,    -- the product's
	enforcement TEXT NOT NULL,    -- deny, warn or audit, as it counts now
	owner       TEXT NOT NULL,    -- the product's
	count       INTEGER NOT NULL, -- 0 where there were some once
	PRIMARY KEY (policy, domain, enforcement, owner)
) WITHOUT ROWID;

INSERT INTO violation_counts (policy, domain, enforcement, owner, count)
	SELECT policy, domain, enforcement, owner, count(*) FROM violations GROUP BY policy, domain, enforcement, owner;
