/*
 * published.c -- the log holds every version's document; what was decided about it stands beside it
 * in the event.
 */
#include "published.h"

#include "catalog/event_log.h"
#include "catalog/past.h"

#include "handling.h"

enum err_code
published_as_of(struct session *s, const char *name, uint64_t as_of, struct arena *arena,
		struct product_version *ret_version, struct err *e)
{
	struct product_versions found;
	TRY(product_versions(s, name, as_of + 1, 1, arena, &found, e));
	if (found.count == 0)
		return ERR(e, NOT_FOUND, "'%s' was not published by then", name);
	*ret_version = found.items[0];
	return ERR_OK;
}

/* Was the version that came with `seq` taken out of service by the event `as_of`? */
static enum err_code
is_retired_by(struct session *s, const char *name, uint64_t seq, uint64_t as_of,
	      struct arena *arena, bool *ret_retired, struct err *e)
{
	struct event_list found = {0};
	if (as_of)
		TRY(event_list(s, seq, 1, "product.retired", name, arena, &found, e));
	*ret_retired = found.count > 0 && found.items[0].seq <= as_of;
	return ERR_OK;
}

enum err_code
published_write(struct session *s, const char *name, const struct product_version *v,
		uint64_t as_of, struct response *rs, struct err *e)
{
	struct descriptor d;
	const char *standing;
	bool retired;
	TRY(product_decode(s, v->seq, rs->arena, &d, e));
	TRY(past_standing(s, name, v->seq, as_of ? as_of : v->seq, rs->arena, &standing, e));
	TRY(is_retired_by(s, name, v->seq, as_of, rs->arena, &retired, e));
	CLEANUP(buf_done) struct buf document = {0};
	json_canonical(&document, d.document);
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_raw(&j, "product", document.data);
	json_member_text(&j, "version", v->version);
	json_member_text(&j, "status", retired ? "retired" : status_name(d.status));
	json_member_text(&j, "standing", standing);
	json_member_time(&j, "published_at", v->published_at);
	json_member_text(&j, "published_by", v->published_by);
	json_member_int(&j, "event", (int64_t)v->seq);
	json_member_text(&j, "hash", v->hash);
	json_member_text(&j, "change", v->change);
	json_end_map(&j);
	return ERR_OK;
}

enum err_code
published_write_source(struct session *s, uint64_t seq, struct response *rs, struct err *e)
{
	const char *source, *media_type;
	size_t length;
	TRY(product_source(s, seq, rs->arena, &source, &length, &media_type, e));
	rs->content_type = "application/yaml";
	buf_append(&rs->body, source, length);
	return ERR_OK;
}
