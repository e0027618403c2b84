/*
 * lineage_node.h -- nodes of the graph by their names: what kind, of which product, known or
 * external.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_LINEAGE_NODE_H
#define WEFT_CATALOG_LINEAGE_NODE_H

#include "db.h"
#include "lineage.h"

/* A node's id taken apart. */
struct node_name {
	const char *kind;   /* "product", "dataset" or "column" */
	const char *name;   /* behind the kind: part of the id */
	const char *owner;  /* of a column: the product or dataset; else the name */
	const char *column; /* or NULL */
	bool of_dataset;
};

/* node_name_parse -- Fails: ERR_MALFORMED. */
enum err_code node_name_parse(const char *id, struct arena *arena, struct node_name *ret_name,
			      struct err *e);

/* node_name_owner -- the node that a column belongs to: product:NAME or dataset:NAMESPACE|NAME. */
const char *node_name_owner(const struct node_name *n, struct arena *arena);

/* lineage_node_describe -- kind, name, domain and external of node->id, as of the event `as_of`. */
enum err_code lineage_node_describe(struct session *s, struct lineage_node *node, int64_t as_of,
				    struct arena *arena, struct err *e);

/*
 * lineage_node_columns -- the ids of the columns of a product or dataset, sorted: those it has
 * and those that edges name.
 */
struct node_ids {
	const char **items;
	size_t count, capacity;
};
enum err_code lineage_node_columns(struct session *s, const struct node_name *n, int64_t as_of,
				   struct arena *arena, struct node_ids *ret_ids, struct err *e);

/* lineage_node_exists -- was it ever a product or one's column, or the source of an edge? */
enum err_code lineage_node_exists(struct session *s, const struct node_name *n, bool *ret_exists,
				  struct err *e);

#endif
