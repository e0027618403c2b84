-- In the place of sql/0007_search.sql: the index over search_words keeps no prefixes.

CREATE TABLE search_pending ( -- documents whose words are not in search_words yet
	id BIGINT PRIMARY KEY -- search_documents.id
);
