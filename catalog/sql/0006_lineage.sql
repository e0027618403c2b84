-- A walk down from a column reads the rows of the few products that are made from its owner, which lie together: the index
-- saved little there, and cost each publish a second row for each column that it derives.
DROP INDEX lineage_columns_by_source;
