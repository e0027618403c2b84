/*
 * resource.c -- reading resources, and saying what became of one.
 */
#include "resource.h"

#include <string.h>

#include "event_log.h"
#include "resource_state.h"
#include "store_parts.h"

#define RESOURCE_COLUMNS                                                                           \
	"product, role, plugin, name, wish, state, detail, error, changed_at, seq, product_seq"

static struct resource
resource_of_row(const struct query *q, struct arena *arena)
{
	return (struct resource){
	    .product = db_column_text(q, 0, arena),
	    .role = db_column_text(q, 1, arena),
	    .plugin = db_column_text(q, 2, arena),
	    .name = db_column_text(q, 3, arena),
	    .wish = db_column_text(q, 4, arena),
	    .state = db_column_text(q, 5, arena),
	    .detail = db_column_text(q, 6, arena),
	    .error = db_column_text(q, 7, arena),
	    .changed_at = db_column_int(q, 8),
	    .seq = (uint64_t)db_column_int(q, 9),
	    .product_seq = (uint64_t)db_column_int(q, 10),
	};
}

enum err_code
resource_list(struct session *s, const char *product, struct arena *arena,
	      struct resource_list *ret_list, struct err *e)
{
	static const char of_one[] = "SELECT " RESOURCE_COLUMNS " FROM resources WHERE product = $1"
				     " ORDER BY product, role, plugin, name";
	static const char of_all[] =
	    "SELECT " RESOURCE_COLUMNS " FROM resources ORDER BY product, role, plugin, name";
	struct resource_list list = {0};
	size_t capacity = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, product ? of_one : of_all, DB_ARGS(db_text(product)), &q, e));
	while (db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = resource_of_row(&q, arena);
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

/* --- changing --- */

static enum err_code
check_state(const char *state, struct err *e)
{
	static const char *const states[] = {RESOURCE_WANTED, RESOURCE_READY, RESOURCE_FAILED,
					     RESOURCE_RETAINED, RESOURCE_REMOVED};
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcmp(states[i], state) == 0)
			return ERR_OK;
	return ERR(e, USAGE, "no state of a resource is named '%s'", state);
}

static enum err_code
check_known(struct session *s, const struct resource *r, struct err *e)
{
	static const char sql[] =
	    "SELECT 1 FROM resources WHERE product = $1 AND role = $2 AND plugin = $3"
	    " AND name = $4";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(
	    s->db, sql,
	    DB_ARGS(db_text(r->product), db_text(r->role), db_text(r->plugin), db_text(r->name)),
	    &q, e));
	if (db_next(&q))
		return ERR_OK;
	return query_failed(&q, e) ? e->code
				   : ERR(e, NOT_FOUND, "'%s' never asked for %s '%s' of %s",
					 r->product, r->role, r->name, r->plugin);
}

/* JSON text within JSON: read and written again, so that it is compact; NULL is null. */
static enum err_code
put_json(struct json *j, const char *key, const char *text, struct arena *arena, struct err *e)
{
	struct node value = {.kind = NODE_NULL};
	if (text &&
	    document_read(DOCUMENT_JSON, text, strlen(text), NULL, arena, &value, e) != ERR_OK)
		return err_while(e, "%s", key);
	json_key(j, key);
	json_node(j, &value);
	return ERR_OK;
}

enum err_code
resource_change(struct session *s, const struct resource *r, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf body = {0};
	struct json j = {.out = &body};
	CHECK(check_state(r->state, e));
	CHECK(check_known(s, r, e));
	json_begin_map(&j);
	json_member_text(&j, "role", r->role);
	json_member_text(&j, "plugin", r->plugin);
	json_member_text(&j, "name", r->name);
	json_member_text(&j, "state", r->state);
	CHECK(put_json(&j, "wish", r->wish, &arena, e));
	CHECK(put_json(&j, "detail", r->detail, &arena, e));
	json_member_text(&j, "error", r->error);
	json_end_map(&j);
	return event_append(s, "weft", "resource.changed", r->product, &body, NULL, e);
}
