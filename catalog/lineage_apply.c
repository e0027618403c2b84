/*
 * lineage_apply.c -- the edges that products declare: inputs between products, `from` between
 * columns.
 *
 * Both are sets that a publish brings from what holds to what the document declares: it ends what
 * is no longer declared and begins what is new; what is repeated holds on untouched.  The owner of
 * every column that is named is an input, too, whether it is listed or not: walks over columns rely
 * on it (sql/0003_mesh.sql).
 */
#include <string.h>

#include "base/map.h"

#include "projection.h"
#include "store_parts.h"

/* A row of lineage_edges (without a column) or of lineage_columns. */
struct edge {
	const char *column; /* of the product that is published; NULL: the product itself */
	const char *source;
	const char *transform;
	bool masking;
	int64_t since; /* of one that holds */
	bool stays;
};

static const char *
key_of(struct arena *arena, const char *column, const char *source)
{
	return column ? arena_printf(arena, "%zu %s%s", strlen(column), column, source) : source;
}

/* --- what the document declares --- */

/* The first of several that join the same two nodes counts. */
static void
declare(struct happening *h, struct map *declared, struct edge wanted)
{
	const char *key = key_of(h->arena, wanted.column, wanted.source);
	if (map_get(declared, key))
		return;
	struct edge *edge = ARENA_NEW(h->arena, struct edge);
	*edge = wanted;
	map_put(declared, key, edge);
}

/* The product or dataset that a column is of: its own product is no input of itself. */
static void
declare_owner(struct happening *h, struct map *declared, const char *column)
{
	size_t length = strcspn(column, "#");
	const char *owner = arena_bytes(h->arena, column, length);
	const char *kind = strchr(owner, '|') ? "dataset" : "product";
	if (strcmp(owner, h->product->name) != 0)
		declare(h, declared,
			(struct edge){.source = arena_printf(h->arena, "%s:%s", kind, owner)});
}

static void
declare_products(struct happening *h, struct map *declared)
{
	const struct input *inputs = h->product->inputs.items;
	const struct column *columns = h->product->columns.items;
	for (size_t i = 0; i < h->product->inputs.count; i++)
		if (inputs[i].product || inputs[i].dataset)
			declare(h, declared,
				(struct edge){.source = input_node(&inputs[i], h->arena)});
	for (size_t i = 0; i < h->product->columns.count; i++) {
		const struct column_source *sources = columns[i].from.items;
		for (size_t k = 0; k < columns[i].from.count; k++)
			if (sources[k].column)
				declare_owner(h, declared, sources[k].column);
	}
}

static void
declare_columns(struct happening *h, struct map *declared)
{
	const struct column *columns = h->product->columns.items;
	for (size_t i = 0; i < h->product->columns.count; i++) {
		const struct column_source *sources = columns[i].from.items;
		for (size_t k = 0; columns[i].name && k < columns[i].from.count; k++)
			if (sources[k].column)
				declare(h, declared,
					(struct edge){.column = columns[i].name,
						      .source =
							  column_source_node(&sources[k], h->arena),
						      .transform = sources[k].transform,
						      .masking = sources[k].masking});
	}
}

/* --- the two tables --- */

/* Their statements have the same parameters: $1 is the product, as its table knows it. */
struct table {
	const char *held;    /* column, source, transform, masking, since */
	const char *begin;   /* $2 column, $3 source, $4 seq, $5 transform, $6 masking */
	const char *end;     /* $2 column, $3 source, $4 seq, $7 since */
	const char *end_all; /* $4 seq */
};

static const struct table products = {
    .held = "SELECT NULL, source, NULL, 0, since_seq FROM lineage_edges WHERE target = $1 AND "
	    "until_seq IS NULL",
    .begin = "INSERT INTO lineage_edges (target, source, kind, since_seq) VALUES ($1, $3, "
	     "'declared', $4)",
    .end = "UPDATE lineage_edges SET until_seq = $4"
	   " WHERE target = $1 AND source = $3 AND kind = 'declared' AND since_seq = $7",
    .end_all = "UPDATE lineage_edges SET until_seq = $4 WHERE target = $1 AND until_seq IS NULL",
};

static const struct table columns = {
    .held = "SELECT name, source, transform, masking, since_seq FROM lineage_columns"
	    " WHERE id = $1 AND until_seq IS NULL",
    .begin = "INSERT INTO lineage_columns (id, name, source, kind, since_seq, transform, masking)"
	     " VALUES ($1, $2, $3, 'declared', $4, $5, $6)",
    .end = "UPDATE lineage_columns SET until_seq = $4"
	   " WHERE id = $1 AND name = $2 AND source = $3 AND kind = 'declared' AND since_seq = $7",
    .end_all = "UPDATE lineage_columns SET until_seq = $4 WHERE id = $1 AND until_seq IS NULL",
};

static enum err_code
read_held(struct session *s, struct happening *h, const struct table *table,
	  struct db_value product, struct map *held, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, table->held, DB_ARGS(product), &q, e));
	while (db_next(&q)) {
		struct edge *edge = ARENA_NEW(h->arena, struct edge);
		edge->column = db_column_text(&q, 0, h->arena);
		edge->source = db_column_text(&q, 1, h->arena);
		edge->transform = db_column_text(&q, 2, h->arena);
		edge->masking = db_column_int(&q, 3) != 0;
		edge->since = db_column_int(&q, 4);
		map_put(held, key_of(h->arena, edge->column, edge->source), edge);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static bool
is_same(const struct edge *a, const struct edge *b)
{
	const char *x = a->transform ? a->transform : "", *y = b->transform ? b->transform : "";
	return a->masking == b->masking && strcmp(x, y) == 0;
}

static enum err_code
change(struct session *s, struct happening *h, const char *sql, struct db_value product,
       const struct edge *edge, struct err *e)
{
	return db_run(s->db, sql,
		      DB_ARGS(product, db_text(edge->column), db_text(edge->source),
			      db_int((int64_t)h->event->seq), db_text(edge->transform),
			      db_int(edge->masking), db_int(edge->since)),
		      e);
}

/* Bring the table from what holds to what is declared. */
static enum err_code
replace(struct session *s, struct happening *h, const struct table *table, struct db_value product,
	const struct map *declared, struct err *e)
{
	struct map held = {.arena = h->arena};
	if (!h->product_is_new)
		CHECK(read_held(s, h, table, product, &held, e));
	for (size_t i = 0; i < declared->capacity; i++) {
		const struct edge *edge = declared->slots[i].value;
		struct edge *before = edge ? map_get(&held, declared->slots[i].key) : NULL;
		if (before && is_same(before, edge))
			before->stays = true;
		else if (edge)
			CHECK(change(s, h, table->begin, product, edge, e));
	}
	for (size_t i = 0; i < held.capacity; i++) {
		const struct edge *edge = held.slots[i].value;
		if (edge && !edge->stays)
			CHECK(change(s, h, table->end, product, edge, e));
	}
	return ERR_OK;
}

/* --- the events --- */

enum err_code
lineage_apply_published(struct session *s, struct happening *h, struct err *e)
{
	struct map of_product = {.arena = h->arena}, of_columns = {.arena = h->arena};
	const char *node = arena_printf(h->arena, "product:%s", h->product->name);
	declare_products(h, &of_product);
	declare_columns(h, &of_columns);
	CHECK(replace(s, h, &products, db_text(node), &of_product, e));
	return replace(s, h, &columns, db_int(h->product_id), &of_columns, e);
}

enum err_code
lineage_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	const char *node = arena_printf(h->arena, "product:%s", h->event->subject);
	struct edge none = {0};
	CHECK(change(s, h, products.end_all, db_text(node), &none, e));
	return change(s, h, columns.end_all, db_int(h->product_id), &none, e);
}
