-- The index follows the documents a moment later, so that no publish waits for it: search_pending says which ones it does
-- not know yet, and whoever searches reads those itself.  It keeps prefixes of two letters alone: those of one and three took
-- half of what a publish costs it.  A single letter matches a whole word; what begins with three is found among the words.

CREATE TABLE search_pending ( -- documents that are not in the index yet
	id INTEGER PRIMARY KEY -- search_documents.id
);

CREATE VIEW search_indexed AS -- what the index is made of
	SELECT * FROM search_documents WHERE id NOT IN (SELECT id FROM search_pending);

DROP TABLE search_index;

CREATE VIRTUAL TABLE search_index USING fts5 (
	name, description, columns, tags, owner, domain,
	content = 'search_indexed', content_rowid = 'id', prefix = '2',
	tokenize = "unicode61 remove_diacritics 2 separators '_.'"
);

INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16);
INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 64);
INSERT INTO search_index (search_index) VALUES ('rebuild');
