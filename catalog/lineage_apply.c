/*
 * lineage_apply.c -- the edges that products declare: inputs between products, `from` between
 * columns.
 *
 * Every edge ends in the product that declares it, so a product's edges are found by their target.
 * A publish ends the ones that it no longer declares and begins the new ones; those that it repeats
 * hold on untouched.
 */
#include <string.h>

#include "base/map.h"

#include "projection.h"
#include "store_parts.h"

struct edge {
	const char *source, *target, *transform;
	bool masking;
	int64_t since; /* of a held one */
	bool stays;
};

static const char *
key_of(struct arena *arena, const char *source, const char *target)
{
	return arena_printf(arena, "%zu %s%s", strlen(source), source, target);
}

/* --- what the document declares --- */

/* The first of several that join the same two nodes counts. */
static void
declare(struct happening *h, struct map *declared, const char *source, const char *target,
	const struct column_source *how)
{
	const char *key = key_of(h->arena, source, target);
	if (map_get(declared, key))
		return;
	struct edge *edge = ARENA_NEW(h->arena, struct edge);
	*edge = (struct edge){.source = source, .target = target};
	if (how) {
		edge->transform = how->transform;
		edge->masking = how->masking;
	}
	map_put(declared, key, edge);
}

static void
declare_inputs(struct happening *h, struct map *declared)
{
	const struct input *inputs = h->product.inputs.items;
	const char *target = arena_printf(h->arena, "product:%s", h->product.name);
	for (size_t i = 0; i < h->product.inputs.count; i++)
		if (inputs[i].product || inputs[i].dataset)
			declare(h, declared, input_node(&inputs[i], h->arena), target, NULL);
}

static void
declare_columns(struct happening *h, struct map *declared)
{
	const struct column *columns = h->product.columns.items;
	for (size_t i = 0; i < h->product.columns.count; i++) {
		if (!columns[i].name || columns[i].from.count == 0)
			continue;
		const char *target = column_node(h->product.name, columns[i].name, h->arena);
		const struct column_source *sources = columns[i].from.items;
		for (size_t k = 0; k < columns[i].from.count; k++)
			if (sources[k].column)
				declare(h, declared, column_source_node(&sources[k], h->arena),
					target, &sources[k]);
	}
}

/* --- what is held --- */

/*
 * The edges into a product and into its columns.  No name of a product holds a '#', and '$' is the
 * next character: the columns' nodes lie between "column:NAME#" and "column:NAME$".
 */
#define OF_PRODUCT "until_seq IS NULL AND target = $1"
#define OF_COLUMNS "until_seq IS NULL AND target >= $2 AND target < $3"

struct targets {
	const char *product, *columns_from, *columns_to;
};

static struct targets
targets_of(const char *name, struct arena *arena)
{
	return (struct targets){arena_printf(arena, "product:%s", name),
				arena_printf(arena, "column:%s#", name),
				arena_printf(arena, "column:%s$", name)};
}

static enum err_code
read_held(struct session *s, struct happening *h, struct map *held, struct err *e)
{
#define HELD_COLUMNS "source, target, transform, masking, since_seq"
	static const char sql[] =
	    "SELECT " HELD_COLUMNS " FROM lineage_edges WHERE " OF_PRODUCT
	    " UNION ALL SELECT " HELD_COLUMNS " FROM lineage_edges WHERE " OF_COLUMNS;
	struct targets t = targets_of(h->event->subject, h->arena);
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql,
		       DB_ARGS(db_text(t.product), db_text(t.columns_from), db_text(t.columns_to)),
		       &q, e));
	while (db_next(&q)) {
		struct edge *edge = ARENA_NEW(h->arena, struct edge);
		edge->source = db_column_text(&q, 0, h->arena);
		edge->target = db_column_text(&q, 1, h->arena);
		edge->transform = db_column_text(&q, 2, h->arena);
		edge->masking = db_column_int(&q, 3) != 0;
		edge->since = db_column_int(&q, 4);
		map_put(held, key_of(h->arena, edge->source, edge->target), edge);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* --- bringing the one to the other --- */

static bool
is_same(const struct edge *a, const struct edge *b)
{
	const char *x = a->transform ? a->transform : "", *y = b->transform ? b->transform : "";
	return a->masking == b->masking && strcmp(x, y) == 0;
}

static enum err_code
begin_edge(struct session *s, struct happening *h, const struct edge *edge, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO lineage_edges (target, source, kind, since_seq, transform, masking)"
	    " VALUES ($1, $2, 'declared', $3, $4, $5)";
	return db_run(s->db, sql,
		      DB_ARGS(db_text(edge->target), db_text(edge->source),
			      db_int((int64_t)h->event->seq), db_text(edge->transform),
			      db_int(edge->masking)),
		      e);
}

static enum err_code
end_edge(struct session *s, struct happening *h, const struct edge *edge, struct err *e)
{
	static const char sql[] =
	    "UPDATE lineage_edges SET until_seq = $1"
	    " WHERE target = $2 AND source = $3 AND kind = 'declared' AND since_seq = $4";
	return db_run(s->db, sql,
		      DB_ARGS(db_int((int64_t)h->event->seq), db_text(edge->target),
			      db_text(edge->source), db_int(edge->since)),
		      e);
}

enum err_code
lineage_apply_published(struct session *s, struct happening *h, struct err *e)
{
	struct map declared = {.arena = h->arena}, held = {.arena = h->arena};
	declare_inputs(h, &declared);
	declare_columns(h, &declared);
	if (!h->product_is_new)
		CHECK(read_held(s, h, &held, e));
	for (size_t i = 0; i < declared.capacity; i++) {
		const struct edge *edge = declared.slots[i].value;
		struct edge *before = edge ? map_get(&held, declared.slots[i].key) : NULL;
		if (before && is_same(before, edge))
			before->stays = true;
		else if (edge)
			CHECK(begin_edge(s, h, edge, e));
	}
	for (size_t i = 0; i < held.capacity; i++) {
		const struct edge *edge = held.slots[i].value;
		if (edge && !edge->stays)
			CHECK(end_edge(s, h, edge, e));
	}
	return ERR_OK;
}

enum err_code
lineage_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	struct targets t = targets_of(h->event->subject, h->arena);
	struct db_value seq = db_int((int64_t)h->event->seq);
	CHECK(db_run(s->db, "UPDATE lineage_edges SET until_seq = $4 WHERE " OF_PRODUCT,
		     DB_ARGS(db_text(t.product), db_null(), db_null(), seq), e));
	return db_run(s->db, "UPDATE lineage_edges SET until_seq = $4 WHERE " OF_COLUMNS,
		      DB_ARGS(db_null(), db_text(t.columns_from), db_text(t.columns_to), seq), e);
}
