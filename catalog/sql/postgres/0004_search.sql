-- Full text, in the place of sql/0004_search.sql.  The documents are made from events; the index is made from the documents.

CREATE TABLE search_documents ( -- what is searched, one row for each product
	id             BIGINT PRIMARY KEY, -- products.id
	name           TEXT COLLATE "C" NOT NULL, -- the product's name
	domain         TEXT COLLATE "C" NOT NULL, -- its domain
	owner          TEXT COLLATE "C" NOT NULL, -- its owner
	description    TEXT COLLATE "C" NOT NULL, -- its description
	columns        TEXT COLLATE "C" NOT NULL, -- names and descriptions of its columns, a space between
	tags           TEXT COLLATE "C" NOT NULL, -- its tags, a line feed behind each
	version        TEXT COLLATE "C" NOT NULL, -- the rest is for answers and facets, and not in the index
	standing       TEXT COLLATE "C" NOT NULL, -- compliant, warned or violating
	classification TEXT COLLATE "C", -- the strictest, or NULL
	status         TEXT COLLATE "C" NOT NULL -- draft, active, deprecated or retired
);

-- Weft cuts texts into words itself, so that every store finds the same (word_cutter.h); no configuration of the server's
-- text search has a part in it.  Names have an index of their own: what matches by name is found among any number.
CREATE TABLE search_words ( -- the words of each document
	id    BIGINT PRIMARY KEY, -- search_documents.id
	name  tsvector NOT NULL,  -- of its name
	words tsvector NOT NULL   -- of all its texts: the name weighs A, tags B, description, owner and domain C, columns D
);

CREATE INDEX search_words_by_name ON search_words USING gin (name);
CREATE INDEX search_words_by_word ON search_words USING gin (words);
