/*
 * lineage_routes.c -- what is made from what.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "catalog/lineage.h"

#include "handling.h"
#include "routes.h"

enum { USUAL_NODES = 1000, MOST_NODES = 10000, MOST_DEPTH = 1000 };

static const char *const directions[] = {"up", "down", "both", NULL};
static const char *const levels[] = {"product", "column", NULL};

static enum lineage_direction
direction_of(const char *word)
{
	if (!word || strcmp(word, "both") == 0)
		return LINEAGE_BOTH;
	return strcmp(word, "up") == 0 ? LINEAGE_UP : LINEAGE_DOWN;
}

/* A column's lineage is of columns, unless told otherwise. */
static enum lineage_level
level_of(const char *word, const char *root)
{
	if (!word)
		return strncmp(root, "column:", 7) == 0 ? LINEAGE_COLUMN : LINEAGE_PRODUCT;
	return strcmp(word, "column") == 0 ? LINEAGE_COLUMN : LINEAGE_PRODUCT;
}

/* One page of the graph: the nodes from `skip` on, of a walk that is cut behind the page. */
struct page {
	uint64_t skip, limit;
};

static enum err_code
read_question(const struct request *rq, struct session *s, struct lineage_question *q,
	      struct page *page, struct err *e)
{
	static const char *const names[] = {"node",  "direction", "level",  "depth",
					    "as_of", "limit",     "cursor", NULL};
	const char *direction, *level;
	uint64_t depth;
	TRY(request_only(rq, names, e));
	TRY(query_text(rq, "node", &q->root, e));
	TRY(query_word(rq, "direction", directions, &direction, e));
	TRY(query_word(rq, "level", levels, &level, e));
	TRY(request_query_number(rq, "depth", 1, MOST_DEPTH, 20, &depth, e));
	TRY(request_query_number(rq, "limit", 1, MOST_NODES, USUAL_NODES, &page->limit, e));
	TRY(cursor_number(rq, 0, &page->skip, e));
	TRY(query_as_of(rq, s, &q->as_of, e));
	q->direction = direction_of(direction);
	q->level = level_of(level, q->root);
	q->depth = (uint32_t)depth;
	q->most_nodes = (size_t)(page->skip + page->limit);
	return ERR_OK;
}

static void
write_node(const struct lineage_node *n, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "id", n->id);
	json_member_text(j, "kind", n->kind);
	json_member_text(j, "name", n->name);
	json_member_text(j, "domain", n->domain);
	json_member_int(j, "distance", n->distance);
	json_member_bool(j, "external", n->external);
	json_end_map(j);
}

static void
write_edge(const struct lineage_edge *edge, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "from", edge->from);
	json_member_text(j, "to", edge->to);
	json_member_text(j, "kind", edge->kind);
	json_member_text(j, "transform", edge->transform);
	json_member_bool(j, "masking", edge->masking);
	json_end_map(j);
}

/* The first `count` nodes: those of the pages before this one. */
static struct map
nodes_before(const struct lineage_graph *g, size_t count, struct arena *arena)
{
	struct map seen = {.arena = arena};
	for (size_t i = 0; i < count; i++)
		map_put(&seen, g->nodes[i].id, &g->nodes[i]);
	return seen;
}

/* An edge belongs to the page on which the second of its ends appears. */
static void
write_graph(const struct lineage_graph *g, size_t skip, struct arena *arena, struct json *j)
{
	struct map seen = nodes_before(g, skip, arena);
	json_member_text(j, "root", g->root);
	json_key(j, "nodes");
	json_begin_list(j);
	for (size_t i = skip; i < g->node_count; i++)
		write_node(&g->nodes[i], j);
	json_end_list(j);
	json_key(j, "edges");
	json_begin_list(j);
	for (size_t i = 0; i < g->edge_count; i++)
		if (!map_get(&seen, g->edges[i].from) || !map_get(&seen, g->edges[i].to))
			write_edge(&g->edges[i], j);
	json_end_list(j);
}

static enum err_code
walk(struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct lineage_question question = {0};
	struct lineage_graph graph;
	struct page page;
	TRY(session_read(rq, &s, e));
	TRY(read_question(rq, s, &question, &page, e));
	TRY(lineage_walk(s, &question, rq->arena, &graph, e));
	size_t skip = page.skip < graph.node_count ? (size_t)page.skip : graph.node_count;
	const char *next = graph.cut ? number_text(rq->arena, page.skip + page.limit) : NULL;
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	write_graph(&graph, skip, rq->arena, &j);
	json_member_text(&j, "next", next ? cursor_encode(rs->arena, next) : NULL);
	json_end_map(&j);
	return ERR_OK;
}

// clang-format off
const struct route lineage_routes[] = {
	{GET, "/api/v1/lineage", walk, ROLE_READER, "What a product or a column is made from, and what from it"},
	{0},
};
// clang-format on
