/*
 * lineage.h -- the graph of what is made from what: products and datasets, and their columns.
 *
 * Nodes are named (design, section 3) `product:NAME`, `column:NAME#COLUMN`,
 * `dataset:NAMESPACE|NAME`, and the column of a dataset `column:NAMESPACE|NAME#COLUMN`.  An edge
 * goes from the source to what is made from it.  A node that no published product stands behind
 * is external.  Cycles are allowed.
 *
 * An edge holds from the event that brought it until the event that took it away, and is kept
 * after that: the graph as of a past event is the edges that held then.
 */
#ifndef WEFT_CATALOG_LINEAGE_H
#define WEFT_CATALOG_LINEAGE_H

#include "catalog/store.h"

enum lineage_direction { LINEAGE_UP = 1, LINEAGE_DOWN = 2, LINEAGE_BOTH = 3 };
enum lineage_level { LINEAGE_PRODUCT, LINEAGE_COLUMN };

struct lineage_node {
	const char *id;
	const char *kind;   /* "product", "dataset" or "column" */
	const char *name;   /* the id without its kind */
	const char *domain; /* or NULL */
	uint32_t distance;  /* edges from the root */
	bool external;
};

struct lineage_edge {
	const char *from, *to;
	const char *kind;      /* "declared" */
	const char *transform; /* or NULL */
	bool masking;
};

struct lineage_graph {
	const char *root;
	struct lineage_node *nodes; /* nearest first, then by id; the root is the first */
	size_t node_count;
	struct lineage_edge *edges; /* each edge once, both ends among the nodes */
	size_t edge_count;
	bool cut; /* there was more than `most_nodes` */
};

struct lineage_question {
	const char *root; /* a node's id */
	enum lineage_direction direction;
	enum lineage_level
	    level; /* LINEAGE_COLUMN from a product begins at all of its columns, at distance 1 */
	uint32_t depth;    /* 0 is 20 */
	size_t most_nodes; /* 0 is 1000 */
	uint64_t as_of;    /* a seq; 0 is now */
};

/*
 * lineage_walk -- breadth first; a node is visited once even where the graph has cycles.
 * Fails: ERR_MALFORMED (no node's name), ERR_NOT_FOUND (neither a product nor in any edge).
 */
enum err_code lineage_walk(struct session *s, const struct lineage_question *question,
			   struct arena *arena, struct lineage_graph *ret_graph, struct err *e);

/* lineage_readers -- the products that are made from this one, one step down, by name. */
struct lineage_reader {
	const char *name, *owner, *domain;
};
struct lineage_reader_list {
	struct lineage_reader *items;
	size_t count;
};
enum err_code lineage_readers(struct session *s, const char *product, struct arena *arena,
			      struct lineage_reader_list *ret_list, struct err *e);

#endif
