-- Data products as of now.  All of it is made from events and can be dropped and made again (rebuild).

CREATE TABLE products ( -- one row for each product: the version in force, without its document
	name           TEXT PRIMARY KEY NOT NULL, -- such as retail.customer_accounts
	id             INTEGER NOT NULL,          -- the event that published it first; never changes
	version        TEXT NOT NULL,             -- semantic version
	domain         TEXT NOT NULL,             -- the domain that owns it
	owner          TEXT NOT NULL,             -- the team that owns it
	description    TEXT NOT NULL,             -- empty when absent
	status         TEXT NOT NULL,             -- draft, active, deprecated or retired
	standing       TEXT NOT NULL,             -- compliant, warned or violating
	classification TEXT,                      -- the strictest of the product and its columns; NULL when none says
	personal       INTEGER NOT NULL,          -- 1 when any column is personal data
	hash           TEXT NOT NULL,             -- of the content, hexadecimal
	published_at   INTEGER NOT NULL,          -- microseconds since 1970 in UTC
	published_by   TEXT NOT NULL,             -- the actor
	seq            INTEGER NOT NULL           -- the event that put this version in force
) WITHOUT ROWID;

CREATE INDEX products_by_domain ON products (domain, name, status);

CREATE TABLE product_documents ( -- the documents in force, apart so that lists read narrow rows
	id       INTEGER PRIMARY KEY, -- products.id
	document TEXT NOT NULL        -- the descriptor as canonical JSON
);

CREATE TABLE product_versions ( -- every version that was ever published
	name         TEXT NOT NULL,    -- the product's name
	seq          INTEGER NOT NULL, -- the event that published it; its body holds the source
	version      TEXT NOT NULL,    -- semantic version
	change       TEXT NOT NULL,    -- what it changed: none, patch, minor or major
	hash         TEXT NOT NULL,    -- of the content, hexadecimal
	published_at INTEGER NOT NULL, -- microseconds since 1970 in UTC
	published_by TEXT NOT NULL,    -- the actor
	PRIMARY KEY (name, seq)
) WITHOUT ROWID;

CREATE TABLE product_tags ( -- the tags of the version in force
	product TEXT NOT NULL, -- the product's name
	tag     TEXT NOT NULL, -- one of its tags
	PRIMARY KEY (product, tag)
) WITHOUT ROWID;

CREATE INDEX product_tags_by_tag ON product_tags (tag, product);

CREATE TABLE product_columns ( -- the columns, with the time that they were there
	product        TEXT NOT NULL,    -- the product's name
	name           TEXT NOT NULL,    -- the column's name
	since_seq      INTEGER NOT NULL, -- the event that brought it, as it is here
	until_seq      INTEGER,          -- the event that changed it or took it away; NULL while it holds
	type           TEXT NOT NULL,    -- as written
	personal       INTEGER NOT NULL, -- 1 when it is personal data
	classification TEXT,             -- its own; NULL when absent
	PRIMARY KEY (product, name, since_seq)
) WITHOUT ROWID;
