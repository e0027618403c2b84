/*
 * version_routes.c -- every version that was ever published, and what changed between two of them.
 */
#include "descriptor/compat.h"

#include "handling.h"
#include "published.h"
#include "routes.h"

/* A product without versions has never been published. */
static enum err_code
check_known(struct session *s, const char *name, struct arena *arena, struct err *e)
{
	struct product p;
	return product_get(s, name, arena, &p, e);
}

static void
write_item(const struct product_version *v, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "version", v->version);
	json_member_text(j, "change", v->change);
	json_member_time(j, "published_at", v->published_at);
	json_member_text(j, "published_by", v->published_by);
	json_member_int(j, "event", (int64_t)v->seq);
	json_member_text(j, "hash", v->hash);
	json_end_map(j);
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct product_versions found;
	struct json j;
	uint64_t before;
	size_t limit;
	TRY(request_only(rq, names, e));
	TRY(cursor_number(rq, 0, &before, e));
	TRY(request_limit(rq, &limit, e));
	TRY(session_read(rq, &s, e));
	TRY(check_known(s, request_part(rq, 0), rq->arena, e));
	TRY(product_versions(s, request_part(rq, 0), before, limit, rq->arena, &found, e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++)
		write_item(&found.items[i], &j);
	page_end(&j, rs,
		 found.more ? number_text(rs->arena, found.items[found.count - 1].seq) : NULL);
	return ERR_OK;
}

static enum err_code
get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	CLEANUP(session_end) struct session *s = NULL;
	const char *name = request_part(rq, 0);
	struct product_version v;
	TRY(request_only(rq, none, e));
	TRY(session_read(rq, &s, e));
	TRY(product_version_get(s, name, request_part(rq, 1), rq->arena, &v, e));
	response_header(rs, "Vary", "Accept");
	rs->etag = number_text(rs->arena, v.seq);
	if (request_wants(rq, "application/yaml"))
		return published_write_source(s, v.seq, rs, e);
	return published_write(s, name, &v, 0, rs, e);
}

/* ---- differences */

struct comparison {
	struct product_version from, to;
	struct changes changes;
};

/* `to` is the version in force unless told, `from` the one before it. */
static enum err_code
find_versions(const struct request *rq, struct session *s, struct comparison *c, struct err *e)
{
	const char *name = request_part(rq, 0), *from = request_query(rq, "from"),
		   *to = request_query(rq, "to");
	struct product p;
	struct product_versions before;
	TRY(product_get(s, name, rq->arena, &p, e));
	TRY(product_version_get(s, name, to ? to : p.version, rq->arena, &c->to, e));
	if (from)
		return product_version_get(s, name, from, rq->arena, &c->from, e);
	TRY(product_versions(s, name, c->to.seq, 1, rq->arena, &before, e));
	if (before.count == 0)
		return ERR(e, NOT_FOUND, "'%s' has no version before %s", name, c->to.version);
	c->from = before.items[0];
	return ERR_OK;
}

static enum err_code
compare(struct session *s, struct comparison *c, struct arena *arena, struct err *e)
{
	struct descriptor before, after;
	TRY(product_decode(s, c->from.seq, arena, &before, e));
	TRY(product_decode(s, c->to.seq, arena, &after, e));
	c->changes = descriptor_compare(&before, &after, arena);
	return ERR_OK;
}

static void
write_change(const struct change *change, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "level", change_level_name(change->level));
	json_member_text(j, "message", change->message);
	json_member_text(j, "pointer", change->pointer);
	if (change->at.line) {
		json_member_int(j, "line", change->at.line);
		json_member_int(j, "column", change->at.column);
	}
	json_end_map(j);
}

static enum err_code
diff(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"from", "to", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct comparison c;
	TRY(request_only(rq, names, e));
	TRY(session_read(rq, &s, e));
	TRY(find_versions(rq, s, &c, e));
	TRY(compare(s, &c, rq->arena, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_text(&j, "name", request_part(rq, 0));
	json_member_text(&j, "from", c.from.version);
	json_member_text(&j, "to", c.to.version);
	json_member_text(&j, "level", change_level_name(c.changes.level));
	json_key(&j, "changes");
	json_begin_list(&j);
	for (size_t i = 0; i < c.changes.count; i++)
		write_change(&c.changes.items[i], &j);
	json_end_list(&j);
	json_end_map(&j);
	return ERR_OK;
}

// clang-format off
const struct route version_routes[] = {
	{GET, "/api/v1/products/{name}/versions",           list, ROLE_READER, "Its versions, newest first"},
	{GET, "/api/v1/products/{name}/versions/{version}", get,  ROLE_READER, "One version of it"},
	{GET, "/api/v1/products/{name}/diff",               diff, ROLE_READER, "What changed between two versions"},
	{0},
};
// clang-format on
