-- What stands around the products: domains, policies, resources, quality, lineage.  Made from events, too.

CREATE TABLE domains ( -- the domains that a document defines
	name     TEXT PRIMARY KEY NOT NULL, -- such as retail-banking
	document TEXT NOT NULL,             -- as canonical JSON
	hash     TEXT NOT NULL,             -- of the content, hexadecimal
	seq      INTEGER NOT NULL           -- the event that defined it as it is
) WITHOUT ROWID;

CREATE TABLE policies ( -- the policy documents in force
	name        TEXT PRIMARY KEY NOT NULL, -- such as pii-requires-access-controls
	scope       TEXT NOT NULL,             -- global, or domain:NAME
	enforcement TEXT NOT NULL,             -- deny, warn or audit
	source      TEXT NOT NULL,             -- the text as it was sent
	media_type  TEXT NOT NULL,             -- of the source
	hash        TEXT NOT NULL,             -- of the content, hexadecimal
	version     INTEGER NOT NULL,          -- 1, 2 ...: how often it was defined with new content
	seq         INTEGER NOT NULL,          -- the event that defined it as it is
	defined_at  INTEGER NOT NULL,          -- microseconds since 1970 in UTC
	defined_by  TEXT NOT NULL              -- the actor
) WITHOUT ROWID;

CREATE TABLE resources ( -- storage and compute: what products asked for, and what became of it
	product     TEXT NOT NULL,    -- the product's name
	role        TEXT NOT NULL,    -- storage or compute
	plugin      TEXT NOT NULL,    -- the plugin that is to grant it
	name        TEXT NOT NULL,    -- tells several of one plugin apart
	wish        TEXT NOT NULL,    -- what the descriptor says, as JSON
	state       TEXT NOT NULL,    -- wanted, ready, failed, retained or removed
	detail      TEXT,             -- what the plugin answered last, as JSON
	error       TEXT,             -- the last error
	changed_at  INTEGER NOT NULL, -- microseconds since 1970 in UTC
	seq         INTEGER NOT NULL, -- the event that changed it last
	product_seq INTEGER NOT NULL, -- the event of the version that brought this wish
	PRIMARY KEY (product, role, plugin, name)
) WITHOUT ROWID;

CREATE TABLE quality_results ( -- the last results of each product's checks
	product    TEXT PRIMARY KEY NOT NULL, -- the product's name
	seq        INTEGER NOT NULL,          -- the event whose body holds the results
	checked_at INTEGER NOT NULL,          -- microseconds since 1970 in UTC
	passed     INTEGER NOT NULL           -- 1 when every check passed
) WITHOUT ROWID;

CREATE TABLE lineage_edges ( -- which product is made from which product or dataset, with the time that it held
	target    TEXT NOT NULL,    -- the node that is made: product:NAME
	source    TEXT NOT NULL,    -- the node that it is made from: product:NAME or dataset:NAMESPACE|NAME
	kind      TEXT NOT NULL,    -- how it is known: declared
	since_seq INTEGER NOT NULL, -- the event that brought it
	until_seq INTEGER,          -- the event that took it away; NULL while it holds
	PRIMARY KEY (target, source, kind, since_seq)
) WITHOUT ROWID;

CREATE INDEX lineage_edges_by_source ON lineage_edges (source, target, kind, since_seq);

-- Wherever a row of this table holds, so does the edge between the source's owner and the product: what is made from a
-- column is found through the products that are made from its owner, without an index over all columns of the mesh.
CREATE TABLE lineage_columns ( -- which column is made from which, with the time that it held
	id        INTEGER NOT NULL, -- products.id of the product whose column is made
	name      TEXT NOT NULL,    -- the name of that column
	source    TEXT NOT NULL,    -- the node that it is made from: column:NAME#COLUMN or column:NAMESPACE|NAME#COLUMN
	kind      TEXT NOT NULL,    -- how it is known: declared
	since_seq INTEGER NOT NULL, -- the event that brought it
	until_seq INTEGER,          -- the event that took it away; NULL while it holds
	transform TEXT,             -- what is done on the way
	masking   INTEGER NOT NULL, -- 1 when the values can no longer be recognised
	PRIMARY KEY (id, name, source, kind, since_seq)
) WITHOUT ROWID;

CREATE INDEX lineage_columns_by_source ON lineage_columns (id, source);
