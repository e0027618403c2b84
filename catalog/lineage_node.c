/*
 * lineage_node.c -- a node's name taken apart, and what the products say of it.
 */
#include "lineage_node.h"

#include <string.h>

#include "descriptor/descriptor.h"

#include "store_parts.h"

static const char *const kinds[] = {"product", "dataset", "column"};

static enum err_code
malformed(const char *id, struct err *e)
{
	return ERR(e, MALFORMED,
		   "'%.300s' names no node: expected product:NAME, column:NAME#COLUMN, "
		   "dataset:NAMESPACE|NAME or column:NAMESPACE|NAME#COLUMN",
		   id);
}

enum err_code
node_name_parse(const char *id, struct arena *arena, struct node_name *ret_name, struct err *e)
{
	struct node_name n = {0};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t length = strlen(kinds[i]);
		if (strncmp(id, kinds[i], length) == 0 && id[length] == ':') {
			n.kind = kinds[i];
			n.name = n.owner = id + length + 1;
		}
	}
	if (!n.kind)
		return malformed(id, e);
	if (n.kind == kinds[2]) {
		const char *hash = strrchr(n.name, '#');
		if (!hash || hash == n.name || hash[1] == '\0')
			return malformed(id, e);
		n.owner = arena_bytes(arena, n.name, (size_t)(hash - n.name));
		n.column = hash + 1;
	}
	const char *bar = strchr(n.owner, '|');
	n.of_dataset = bar != NULL;
	bool good = bar ? n.kind != kinds[0] && bar > n.owner && bar[1] != '\0'
			: n.kind != kinds[1] && is_product_name(n.owner);
	if (!good)
		return malformed(id, e);
	*ret_name = n;
	return ERR_OK;
}

enum err_code
lineage_node_describe(struct session *s, struct lineage_node *node, int64_t as_of,
		      struct arena *arena, struct err *e)
{
	static const char sql[] =
	    "SELECT p.domain, $3 IS NULL OR EXISTS (SELECT 1 FROM product_columns c WHERE c.id = "
	    "p.id"
	    "  AND c.name = $3 AND c.since_seq <= $2 AND (c.until_seq IS NULL OR c.until_seq > $2))"
	    " FROM products p WHERE p.name = $1 AND p.id <= $2";
	struct node_name n = {0};
	CHECK(node_name_parse(node->id, arena, &n, e));
	node->kind = n.kind;
	node->name = n.name;
	node->external = true;
	if (n.of_dataset)
		return ERR_OK;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(n.owner), db_int(as_of), db_text(n.column)), &q,
		       e));
	if (db_next(&q)) {
		node->domain = db_column_text(&q, 0, arena);
		node->external = db_column_int(&q, 1) == 0;
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

const char *
node_name_owner(const struct node_name *n, struct arena *arena)
{
	return arena_printf(arena, "%s:%s", n->of_dataset ? "dataset" : "product", n->owner);
}

/*
 * Its own columns, and those that others name as their source: through the products that are made
 * from it.  '$' is the character after '#': the names of one owner's columns lie between the two.
 */
enum err_code
lineage_node_columns(struct session *s, const struct node_name *n, int64_t as_of,
		     struct arena *arena, struct node_ids *ret_ids, struct err *e)
{
#define HOLDS(row) row ".since_seq <= $5 AND (" row ".until_seq IS NULL OR " row ".until_seq > $5)"
	static const char sql[] =
	    "SELECT 'column:' || p.name || '#' || c.name AS node FROM products p JOIN "
	    "product_columns c ON c.id = p.id"
	    " WHERE p.name = $1 AND " HOLDS(
		"c") " UNION SELECT l.source FROM lineage_edges v JOIN products p ON p.name = "
		     "substr(v.target, 9)"
		     "  JOIN lineage_columns l ON l.id = p.id AND l.source >= $3 AND l.source < $4"
		     "  WHERE v.source = $2 AND " HOLDS("v") " AND " HOLDS("l") " ORDER BY node";
	struct node_ids ids = {0};
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql,
		       DB_ARGS(db_text(n->owner), db_text(node_name_owner(n, arena)),
			       db_text(arena_printf(arena, "column:%s#", n->owner)),
			       db_text(arena_printf(arena, "column:%s$", n->owner)), db_int(as_of)),
		       &q, e));
	while (db_next(&q)) {
		ids.items =
		    arena_grow(arena, ids.items, ids.count, &ids.capacity, sizeof *ids.items);
		ids.items[ids.count++] = db_column_text(&q, 0, arena);
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_ids = ids;
	return ERR_OK;
}

static const char is_known_product[] = "SELECT EXISTS (SELECT 1 FROM products WHERE name = $1)"
				       " OR EXISTS (SELECT 1 FROM lineage_edges WHERE source = $2)";
static const char is_known_column[] =
    "SELECT EXISTS (SELECT 1 FROM products p JOIN product_columns c ON c.id = p.id WHERE p.name = "
    "$1 AND c.name = $3)"
    " OR EXISTS (SELECT 1 FROM lineage_edges v JOIN products p ON p.name = substr(v.target, 9)"
    "  JOIN lineage_columns l ON l.id = p.id AND l.source = $4 WHERE v.source = $2)";

enum err_code
lineage_node_exists(struct session *s, const struct node_name *n, bool *ret_exists, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, n->column ? is_known_column : is_known_product,
		       DB_ARGS(db_text(n->owner), db_text(node_name_owner(n, &arena)),
			       db_text(n->column),
			       db_text(arena_printf(&arena, "column:%s", n->name))),
		       &q, e));
	*ret_exists = db_next(&q) && db_column_int(&q, 0) != 0;
	return query_failed(&q, e) ? e->code : ERR_OK;
}
