-- Full text.  The documents are made from events; the index is made from the documents.

CREATE TABLE search_documents ( -- what is searched, one row for each product
	id             INTEGER PRIMARY KEY, -- products.id
	name           TEXT NOT NULL,       -- the product's name
	domain         TEXT NOT NULL,       -- its domain
	owner          TEXT NOT NULL,       -- its owner
	description    TEXT NOT NULL,       -- its description
	columns        TEXT NOT NULL,       -- names and descriptions of its columns, a space between
	tags           TEXT NOT NULL,       -- its tags, a line feed behind each
	version        TEXT NOT NULL,       -- the rest is for answers and facets, and not in the index
	standing       TEXT NOT NULL,       -- compliant, warned or violating
	classification TEXT,                -- the strictest, or NULL
	status         TEXT NOT NULL        -- draft, active, deprecated or retired
);

-- External content: what leaves the index must be given to it as it was (search_index.c does).  `_` and `.` separate
-- words, so that "accounts" finds retail.customer_accounts.
CREATE VIRTUAL TABLE search_index USING fts5 (
	name, description, columns, tags, owner, domain,
	content = 'search_documents', content_rowid = 'id', prefix = '1 2 3',
	tokenize = "unicode61 remove_diacritics 2 separators '_.'"
);

-- Each publish adds a segment.  Larger merges, later: fewer pages a publish, for a little more work a search; and never a
-- level at once within one publish.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16);
INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 64);
