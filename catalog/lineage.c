/*
 * lineage.c -- walking the graph, breadth first, with one indexed query for each node.
 *
 * Up and down are two walks that share their nodes: what a sibling is made from is neither up nor
 * down of the root. So a place is (node, direction) and the queue holds both walks, nearest first:
 *
 *     queue:  (root, up) (root, down) (a, up) (b, up) (c, down) ...
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#include "lineage_node.h"
#include "store_parts.h"

enum { DEFAULT_DEPTH = 20, DEFAULT_NODES = 1000 };

struct place {
	struct lineage_node node;
	unsigned seen; /* enum lineage_direction: by which walks */
};

struct turn {
	struct place *place;
	enum lineage_direction direction;
};

struct walk {
	struct session *s;
	struct arena *arena;
	int64_t as_of;
	uint32_t depth;
	size_t most_nodes;

	struct map by_id; /* struct place */
	struct place **places;
	size_t place_count, place_room;

	struct turn *queue;
	size_t queue_count, queue_room, next;

	struct map edge_keys;
	struct lineage_edge *edges;
	size_t edge_count, edge_room;
	bool cut;
};

/* --- nodes --- */

/* The place of a node, made when it is new; NULL when there are enough of them. */
static enum err_code
find_place(struct walk *w, const char *id, uint32_t distance, struct place **ret_place,
	   struct err *e)
{
	struct place *place = map_get(&w->by_id, id);
	*ret_place = place;
	if (place)
		return ERR_OK;
	if (w->place_count >= w->most_nodes) {
		w->cut = true;
		return ERR_OK;
	}
	place = ARENA_NEW(w->arena, struct place);
	place->node.id = id;
	place->node.distance = distance;
	CHECK(lineage_node_describe(w->s, &place->node, w->as_of, w->arena, e));
	map_put(&w->by_id, id, place);
	w->places =
	    arena_grow(w->arena, w->places, w->place_count, &w->place_room, sizeof(struct place *));
	w->places[w->place_count++] = place;
	*ret_place = place;
	return ERR_OK;
}

static void
enqueue(struct walk *w, struct place *place, enum lineage_direction direction)
{
	if (place->seen & direction)
		return;
	place->seen |= direction;
	w->queue = arena_grow(w->arena, w->queue, w->queue_count, &w->queue_room, sizeof *w->queue);
	w->queue[w->queue_count++] = (struct turn){place, direction};
}

static void
enqueue_both(struct walk *w, struct place *place, enum lineage_direction directions)
{
	if (directions & LINEAGE_UP)
		enqueue(w, place, LINEAGE_UP);
	if (directions & LINEAGE_DOWN)
		enqueue(w, place, LINEAGE_DOWN);
}

/* --- edges --- */

static void
keep_edge(struct walk *w, const struct lineage_edge *edge)
{
	const char *key = arena_printf(w->arena, "%zu %s%s %s", strlen(edge->from), edge->from,
				       edge->to, edge->kind);
	if (map_get(&w->edge_keys, key))
		return;
	map_put(&w->edge_keys, key, w);
	w->edges = arena_grow(w->arena, w->edges, w->edge_count, &w->edge_room, sizeof *w->edges);
	w->edges[w->edge_count++] = *edge;
}

/* The edge's other end; at the depth's limit only edges between known nodes are kept. */
static enum err_code
follow(struct walk *w, const struct turn *turn, const struct lineage_edge *edge, struct err *e)
{
	const char *id = turn->direction == LINEAGE_UP ? edge->from : edge->to;
	struct place *other = map_get(&w->by_id, id);
	uint32_t distance = turn->place->node.distance;
	if (!other && distance >= w->depth)
		return ERR_OK;
	if (!other)
		CHECK(find_place(w, id, distance + 1, &other, e));
	if (!other)
		return ERR_OK;
	keep_edge(w, edge);
	if (distance < w->depth)
		enqueue(w, other, turn->direction);
	return ERR_OK;
}

#define HOLDS(row) row ".since_seq <= $2 AND (" row ".until_seq IS NULL OR " row ".until_seq > $2)"

/*
 * $1 is the node, $2 the event; of a column $3 is its owner's name, $4 its own, $5 its owner's
 * node.
 */
static const char product_up[] =
    "SELECT v.source, v.target, v.kind, NULL, 0 FROM lineage_edges v"
    " WHERE v.target = $1 AND " HOLDS("v") " ORDER BY v.source, v.kind";
static const char product_down[] =
    "SELECT v.source, v.target, v.kind, NULL, 0 FROM lineage_edges v"
    " WHERE v.source = $1 AND " HOLDS("v") " ORDER BY v.target, v.kind";
static const char column_up[] =
    "SELECT l.source, $1, l.kind, l.transform, l.masking FROM products p"
    " JOIN lineage_columns l ON l.id = p.id AND l.name = $4"
    " WHERE p.name = $3 AND " HOLDS("l") " ORDER BY l.source, l.kind";

/* Through the products that are made from the owner; and its own, which is no input of itself. */
static const char column_down[] =
    "SELECT l.source, 'column:' || p.name || '#' || l.name AS node, l.kind, l.transform, l.masking"
    " FROM lineage_edges v JOIN products p ON p.name = substr(v.target, 9)"
    " JOIN lineage_columns l ON l.id = p.id AND l.source = $1 WHERE v.source = $5 AND " HOLDS(
	"v") " AND " HOLDS("l") " UNION SELECT l.source, 'column:' || p.name || '#' || l.name, "
				"l.kind, l.transform, l.masking"
				" FROM products p JOIN lineage_columns l ON l.id = p.id AND "
				"l.source = $1 WHERE p.name = $3 AND " HOLDS("l") " ORDER BY node";

static enum err_code
find_edges(struct walk *w, const struct turn *turn, struct query *q, struct err *e)
{
	struct node_name n = {0};
	const char *id = turn->place->node.id;
	bool up = turn->direction == LINEAGE_UP;
	CHECK(node_name_parse(id, w->arena, &n, e));
	const char *sql =
	    n.column ? (up ? column_up : column_down) : (up ? product_up : product_down);
	return db_query(w->s->db, sql,
			DB_ARGS(db_text(id), db_int(w->as_of), db_text(n.owner), db_text(n.column),
				db_text(node_name_owner(&n, w->arena))),
			q, e);
}

static enum err_code
expand(struct walk *w, const struct turn *turn, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(find_edges(w, turn, &q, e));
	while (!w->cut && db_next(&q)) {
		struct lineage_edge edge = {
		    .from = db_column_text(&q, 0, w->arena),
		    .to = db_column_text(&q, 1, w->arena),
		    .kind = db_column_text(&q, 2, w->arena),
		    .transform = db_column_text(&q, 3, w->arena),
		    .masking = db_column_int(&q, 4) != 0,
		};
		CHECK(follow(w, turn, &edge, e));
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* --- the whole --- */

static enum err_code
begin_at_columns(struct walk *w, const struct node_name *root, enum lineage_direction directions,
		 struct err *e)
{
	struct node_ids ids = {0};
	CHECK(lineage_node_columns(w->s, root, w->as_of, w->arena, &ids, e));
	for (size_t i = 0; i < ids.count && !w->cut; i++) {
		struct place *place = NULL;
		CHECK(find_place(w, ids.items[i], 1, &place, e));
		if (place)
			enqueue_both(w, place, directions);
	}
	return ERR_OK;
}

static enum err_code
begin(struct walk *w, const struct lineage_question *question, const struct node_name *root,
      struct err *e)
{
	struct place *place = NULL;
	CHECK(find_place(w, arena_text(w->arena, question->root), 0, &place, e));
	if (question->level == LINEAGE_COLUMN && !root->column)
		return begin_at_columns(w, root, question->direction, e);
	enqueue_both(w, place, question->direction);
	return ERR_OK;
}

static int
compare_places(const void *a, const void *b)
{
	const struct lineage_node *x = &(*(struct place *const *)a)->node,
				  *y = &(*(struct place *const *)b)->node;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return strcmp(x->id, y->id);
}

static int
compare_edges(const void *a, const void *b)
{
	const struct lineage_edge *x = a, *y = b;
	int order = strcmp(x->from, y->from);
	if (order == 0)
		order = strcmp(x->to, y->to);
	return order ? order : strcmp(x->kind, y->kind);
}

static struct lineage_graph
graph_of(struct walk *w)
{
	struct lineage_graph g = {
	    .root = w->places[0]->node.id, .node_count = w->place_count, .cut = w->cut};
	qsort(w->places, w->place_count, sizeof(struct place *), compare_places);
	g.nodes = ARENA_ARRAY(w->arena, struct lineage_node, g.node_count);
	for (size_t i = 0; i < g.node_count; i++)
		g.nodes[i] = w->places[i]->node;
	if (w->edge_count > 0)
		qsort(w->edges, w->edge_count, sizeof *w->edges, compare_edges);
	g.edges = w->edges;
	g.edge_count = w->edge_count;
	return g;
}

enum err_code
lineage_walk(struct session *s, const struct lineage_question *question, struct arena *arena,
	     struct lineage_graph *ret_graph, struct err *e)
{
	struct walk w = {
	    .s = s,
	    .arena = arena,
	    .as_of = question->as_of && question->as_of < INT64_MAX ? (int64_t)question->as_of
								    : INT64_MAX,
	    .depth = question->depth ? question->depth : DEFAULT_DEPTH,
	    .most_nodes = question->most_nodes ? question->most_nodes : DEFAULT_NODES,
	    .by_id = {.arena = arena},
	    .edge_keys = {.arena = arena},
	};
	struct node_name root;
	bool exists = false;
	CHECK(node_name_parse(question->root, arena, &root, e));
	CHECK(lineage_node_exists(s, &root, &exists, e));
	if (!exists)
		return ERR(e, NOT_FOUND, "nothing is known of '%s'", question->root);
	CHECK(begin(&w, question, &root, e));
	while (w.next < w.queue_count && !w.cut) {
		struct turn turn = w.queue[w.next++];
		CHECK(expand(&w, &turn, e));
	}
	*ret_graph = graph_of(&w);
	return ERR_OK;
}
