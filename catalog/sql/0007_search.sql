-- Prefixes of two letters alone: those of one and three took half of what a publish costs the index.  A single letter matches
-- a whole word now (search_index.c), and what begins with three is found among the words.
DROP TABLE search_index;

CREATE VIRTUAL TABLE search_index USING fts5 (
	name, description, columns, tags, owner, domain,
	content = 'search_documents', content_rowid = 'id', prefix = '2',
	tokenize = "unicode61 remove_diacritics 2 separators '_.'"
);

INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16);
INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 64);
INSERT INTO search_index (search_index) VALUES ('rebuild');
