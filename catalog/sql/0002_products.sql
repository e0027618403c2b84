-- Data products as of now.  All of it is made from events and can be dropped and made again (rebuild).
--
-- What hangs on a product is kept under its id, not its name: a new product's rows then lie at the end of each table, so
-- that a publish touches few pages.

CREATE TABLE products ( -- one row for each product: what lists filter by, narrow because lists read many
	name           TEXT PRIMARY KEY NOT NULL, -- such as retail.customer_accounts
	id             INTEGER NOT NULL,          -- the event that published it first; never changes
	seq            INTEGER NOT NULL,          -- the event that put this version in force
	version        TEXT NOT NULL,             -- semantic version
	domain         TEXT NOT NULL,             -- the domain that owns it
	owner          TEXT NOT NULL,             -- the team that owns it
	status         TEXT NOT NULL,             -- draft, active, deprecated or retired
	standing       TEXT NOT NULL,             -- compliant, warned or violating
	classification TEXT,                      -- the strictest of the product and its columns; NULL when none says
	personal       INTEGER NOT NULL           -- 1 when any column is personal data
) WITHOUT ROWID;

CREATE INDEX products_by_domain ON products (domain, name, status);

CREATE TABLE product_documents ( -- the rest of the version in force
	id           INTEGER PRIMARY KEY, -- products.id
	description  TEXT NOT NULL,       -- empty when absent
	hash         TEXT NOT NULL,       -- of the content, hexadecimal
	published_at INTEGER NOT NULL,    -- microseconds since 1970 in UTC
	published_by TEXT NOT NULL,       -- the actor
	document     TEXT NOT NULL        -- the descriptor as canonical JSON
);

CREATE TABLE product_versions ( -- every version that was ever published
	id           INTEGER NOT NULL, -- products.id
	seq          INTEGER NOT NULL, -- the event that published it; its body holds the source
	version      TEXT NOT NULL,    -- semantic version
	change       TEXT NOT NULL,    -- what it changed: none, patch, minor or major
	hash         TEXT NOT NULL,    -- of the content, hexadecimal
	published_at INTEGER NOT NULL, -- microseconds since 1970 in UTC
	published_by TEXT NOT NULL,    -- the actor
	PRIMARY KEY (id, seq)
) WITHOUT ROWID;

CREATE TABLE product_tags ( -- the tags of the version in force
	tag     TEXT NOT NULL, -- one of its tags
	product TEXT NOT NULL, -- the product's name
	PRIMARY KEY (tag, product)
) WITHOUT ROWID;

CREATE TABLE product_columns ( -- the columns, with the time that they were there
	id             INTEGER NOT NULL, -- products.id
	name           TEXT NOT NULL,    -- the column's name
	since_seq      INTEGER NOT NULL, -- the event that brought it, as it is here
	until_seq      INTEGER,          -- the event that changed it or took it away; NULL while it holds
	type           TEXT NOT NULL,    -- as written
	personal       INTEGER NOT NULL, -- 1 when it is personal data
	classification TEXT,             -- its own; NULL when absent
	PRIMARY KEY (id, name, since_seq)
) WITHOUT ROWID;
