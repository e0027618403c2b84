/*
 * resource_apply.c -- how events move the states of resources (resource.h has the picture).
 *
 * Wishes come from publishes, results from plugins.  A result may be late: the wish in force wins,
 * so that an old result never passes for the answer to a newer wish.
 */
#include <string.h>

#include "base/json.h"
#include "base/map.h"

#include "projection.h"
#include "resource_state.h"
#include "store_parts.h"

/* A resource as its row says it, while a publish is compared with it. */
struct held_resource {
	const char *role, *plugin, *name, *wish, *state;
	bool wished; /* by the new version, too */
};

static const char *
key_of(struct arena *arena, const char *role, const char *plugin, const char *name)
{
	return arena_printf(arena, "%s %zu %s %s", role, strlen(plugin), plugin, name);
}

static bool
is_let_go(const char *state)
{
	return strcmp(state, RESOURCE_RETAINED) == 0 || strcmp(state, RESOURCE_REMOVED) == 0;
}

/* What the descriptor says, in one form however it was written. */
static const char *
text_of_wish(const struct resource_wish *w, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	json_begin_map(&j);
	json_member_text(&j, "plugin", w->plugin);
	if (w->name)
		json_member_text(&j, "name", w->name);
	if (w->quota)
		json_member_text(&j, "quota", w->quota);
	if (w->settings) {
		CLEANUP(buf_done) struct buf settings = {0};
		json_canonical(&settings, w->settings);
		json_key(&j, "settings");
		json_raw(&j, settings.data, settings.length);
	}
	json_end_map(&j);
	return arena_bytes(arena, text.data, text.length);
}

static enum err_code
read_held(struct session *s, struct happening *h, struct map *by_key, struct err *e)
{
	static const char sql[] =
	    "SELECT role, plugin, name, wish, state FROM resources WHERE product = $1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(h->event->subject)), &q, e));
	while (db_next(&q)) {
		struct held_resource *held = ARENA_NEW(h->arena, struct held_resource);
		held->role = db_column_text(&q, 0, h->arena);
		held->plugin = db_column_text(&q, 1, h->arena);
		held->name = db_column_text(&q, 2, h->arena);
		held->wish = db_column_text(&q, 3, h->arena);
		held->state = db_column_text(&q, 4, h->arena);
		map_put(by_key, key_of(h->arena, held->role, held->plugin, held->name), held);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
put_wish(struct session *s, struct happening *h, const char *role, const struct resource_wish *w,
	 const char *wish, struct err *e)
{
	static const char sql[] = "INSERT INTO resources (product, role, plugin, name, wish, "
				  "state, changed_at, seq, product_seq)"
				  " VALUES ($1, $2, $3, $4, $5, '" RESOURCE_WANTED "', $6, $7, $7)"
				  " ON CONFLICT (product, role, plugin, name) DO UPDATE SET wish = "
				  "excluded.wish, state = excluded.state,"
				  " error = NULL, changed_at = excluded.changed_at, seq = "
				  "excluded.seq, product_seq = excluded.product_seq";
	return db_run(s->db, sql,
		      DB_ARGS(db_text(h->event->subject), db_text(role), db_text(w->plugin),
			      db_text(w->name ? w->name : "default"), db_text(wish),
			      db_int(h->event->time), db_int((int64_t)h->event->seq)),
		      e);
}

static enum err_code
apply_wishes(struct session *s, struct happening *h, const struct map *held_by_key,
	     const char *role, const struct list *wishes, struct err *e)
{
	const struct resource_wish *items = wishes->items;
	for (size_t i = 0; i < wishes->count; i++) {
		const struct resource_wish *w = &items[i];
		if (!w->plugin)
			continue;
		const char *wish = text_of_wish(w, h->arena);
		struct held_resource *held = map_get(
		    held_by_key, key_of(h->arena, role, w->plugin, w->name ? w->name : "default"));
		if (held)
			held->wished = true;
		if (!held || strcmp(held->wish, wish) != 0 || is_let_go(held->state))
			CHECK(put_wish(s, h, role, w, wish, e));
	}
	return ERR_OK;
}

static enum err_code
let_go(struct session *s, struct happening *h, const struct held_resource *held, struct err *e)
{
	static const char sql[] =
	    "UPDATE resources SET state = '" RESOURCE_RETAINED "', changed_at = $1, seq = $2"
	    " WHERE product = $3 AND role = $4 AND plugin = $5 AND name = $6";
	return db_run(s->db, sql,
		      DB_ARGS(db_int(h->event->time), db_int((int64_t)h->event->seq),
			      db_text(h->event->subject), db_text(held->role),
			      db_text(held->plugin), db_text(held->name)),
		      e);
}

enum err_code
resource_apply_published(struct session *s, struct happening *h, struct err *e)
{
	struct map held_by_key = {.arena = h->arena};
	if (!h->product_is_new)
		CHECK(read_held(s, h, &held_by_key, e));
	CHECK(apply_wishes(s, h, &held_by_key, "storage", &h->product->storage, e));
	CHECK(apply_wishes(s, h, &held_by_key, "compute", &h->product->compute, e));
	for (size_t i = 0; i < held_by_key.capacity; i++) {
		const struct held_resource *held = held_by_key.slots[i].value;
		if (held && !held->wished && !is_let_go(held->state))
			CHECK(let_go(s, h, held, e));
	}
	return ERR_OK;
}

enum err_code
resource_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] =
	    "UPDATE resources SET state = '" RESOURCE_RETAINED "', changed_at = $1, seq = $2"
	    " WHERE product = $3 AND state NOT IN ('" RESOURCE_RETAINED "', '" RESOURCE_REMOVED
	    "')";
	return db_run(s->db, sql,
		      DB_ARGS(db_int(h->event->time), db_int((int64_t)h->event->seq),
			      db_text(h->event->subject)),
		      e);
}

/* A member of the body as JSON text; NULL when it is not there or null. */
static const char *
text_of_member(const struct happening *h, const char *key)
{
	const struct node *value = node_get(h->body, key);
	if (!value || value->kind == NODE_NULL)
		return NULL;
	CLEANUP(buf_done) struct buf text = {0};
	json_node(&(struct json){.out = &text}, value);
	return arena_bytes(h->arena, text.data, text.length);
}

/*
 * The state moves when the result is of the wish in force, and the resource was not let go
 * meanwhile: what is let go can only be removed.
 */
enum err_code
resource_apply_changed(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] =
	    "UPDATE resources SET detail = $5, error = $6, changed_at = $7, seq = $8,"
	    " state = CASE WHEN $9 IS NOT NULL AND wish <> $9 THEN state"
	    "  WHEN state = '" RESOURCE_REMOVED "' THEN state"
	    "  WHEN state = '" RESOURCE_RETAINED "' AND $10 <> '" RESOURCE_REMOVED "' THEN state"
	    "  ELSE $10 END"
	    " WHERE product = $1 AND role = $2 AND plugin = $3 AND name = $4";
	const struct node *b = h->body;
	const struct event *ev = h->event;
	return db_run(
	    s->db, sql,
	    DB_ARGS(db_text(ev->subject), db_text(node_text(b, "role", "")),
		    db_text(node_text(b, "plugin", "")), db_text(node_text(b, "name", "")),
		    db_text(text_of_member(h, "detail")), db_text(node_text(b, "error", NULL)),
		    db_int(ev->time), db_int((int64_t)ev->seq), db_text(text_of_member(h, "wish")),
		    db_text(node_text(b, "state", ""))),
	    e);
}
