/*
 * past.c -- the newest event about a name up to a certain one, and what it says.
 */
#include "past.h"

#include <string.h>

#include "event_log.h"
#include "store_parts.h"

/* The last event of a kind about a subject; seq 0 when there is none. */
static enum err_code
last_event(struct session *s, const char *subject, const char *kind, uint64_t as_of,
	   struct arena *arena, struct event *ret_event, struct err *e)
{
	static const char sql[] = "SELECT seq, time, body FROM events WHERE subject = $1"
				  " AND kind = $2 AND seq <= $3 ORDER BY seq DESC LIMIT 1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(subject), db_text(kind), db_int((int64_t)as_of)),
		       &q, e));
	*ret_event = (struct event){0};
	if (db_next(&q)) {
		ret_event->seq = (uint64_t)db_column_int(&q, 0);
		ret_event->time = db_column_int(&q, 1);
		ret_event->body = db_column_bytes(&q, 2, arena, &ret_event->body_length);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* --- products --- */

static enum err_code
version_then(struct session *s, const char *name, uint64_t as_of, struct arena *arena,
	     struct product_version *ret_version, struct err *e)
{
	struct product_versions found;
	CHECK(product_versions(s, name, as_of + 1, 1, arena, &found, e));
	if (found.count == 0)
		return ERR(e, NOT_FOUND, "'%s' was not published by then", name);
	*ret_version = found.items[0];
	return ERR_OK;
}

static const char *
canonical_text(const struct node *document, struct arena *arena, size_t *ret_length)
{
	CLEANUP(buf_done) struct buf text = {0};
	json_canonical(&text, document);
	*ret_length = text.length;
	return arena_bytes(arena, text.data, text.length);
}

enum err_code
past_product(struct session *s, const char *name, uint64_t as_of, struct arena *arena,
	     struct product *ret_product, struct err *e)
{
	struct product_version v = {0};
	struct descriptor *d = ARENA_NEW(arena, struct descriptor);
	struct event retired = {0};
	CHECK(version_then(s, name, as_of, arena, &v, e));
	CHECK(product_decode(s, v.seq, arena, d, e));
	CHECK(last_event(s, name, "product.retired", as_of, arena, &retired, e));
	struct product p = {
	    .name = arena_text(arena, name),
	    .version = v.version,
	    .domain = d->domain,
	    .owner = d->owner,
	    .description = d->description ? d->description : "",
	    .status = retired.seq > v.seq ? "retired" : status_name(d->status),
	    .standing = "",
	    .classification = classification_name(descriptor_classification(d)),
	    .personal = descriptor_is_personal(d),
	    .published_at = v.published_at,
	    .published_by = v.published_by,
	    .seq = v.seq,
	    .hash = v.hash,
	};
	p.document = canonical_text(d->document, arena, &p.document_length);
	*ret_product = p;
	return ERR_OK;
}

/* A version was judged again only while it was in force. */
enum err_code
past_standing(struct session *s, const char *name, uint64_t seq, uint64_t as_of,
	      struct arena *arena, const char **ret_standing, struct err *e)
{
	struct event last = {0};
	struct node body = {0};
	CHECK(last_event(s, name, "product.judged", as_of, arena, &last, e));
	if (last.seq < seq)
		CHECK(event_get(s, seq, arena, &last, e));
	if (last.body)
		CHECK(event_body(&last, arena, &body, e));
	*ret_standing = node_text(&body, "standing", NULL);
	return ERR_OK;
}

/* --- domains --- */

enum err_code
past_domain(struct session *s, const char *name, uint64_t as_of, struct arena *arena,
	    struct domain *ret_domain, struct err *e)
{
	struct event ev = {0};
	struct node root;
	struct event_source source;
	size_t length;
	CHECK(last_event(s, name, "domain.defined", as_of, arena, &ev, e));
	if (!ev.body) /* none, or redacted */
		return ERR(e, NOT_FOUND, "no domain named '%s' was defined by then", name);
	CHECK(event_document(s, ev.seq, "domain.defined", arena, &source, e));
	if (document_read(document_format_of(source.media_type), source.text, source.length, NULL,
			  arena, &root, e) != ERR_OK)
		return err_while(e, "the document of event %llu", (unsigned long long)ev.seq);
	*ret_domain = (struct domain){.name = arena_text(arena, name), .seq = ev.seq};
	ret_domain->document = canonical_text(&root, arena, &length);
	return ERR_OK;
}

/* --- quality --- */

enum err_code
past_quality(struct session *s, const char *product, uint64_t as_of, struct arena *arena,
	     const char **ret_body, moment *ret_time, struct err *e)
{
	struct event ev = {0};
	CHECK(last_event(s, product, "quality.checked", as_of, arena, &ev, e));
	*ret_body = ev.body;
	*ret_time = ev.time;
	return ERR_OK;
}

/* --- readers --- */

struct names {
	const char **items;
	size_t count;
};

static enum err_code
reader_names(struct session *s, const char *product, uint64_t as_of, struct arena *arena,
	     struct names *ret_names, struct err *e)
{
	/* A target is product:NAME. */
	static const char sql[] = "SELECT DISTINCT substr(target, 9) FROM lineage_edges"
				  " WHERE source = $1 AND since_seq <= $2"
				  " AND (until_seq IS NULL OR until_seq > $2) ORDER BY 1";
	struct names names = {0};
	size_t room = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(
	    s->db, sql,
	    DB_ARGS(db_text(arena_printf(arena, "product:%s", product)), db_int((int64_t)as_of)),
	    &q, e));
	while (db_next(&q)) {
		names.items =
		    arena_grow(arena, names.items, names.count, &room, sizeof *names.items);
		names.items[names.count++] = db_column_text(&q, 0, arena);
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_names = names;
	return ERR_OK;
}

enum err_code
past_readers(struct session *s, const char *product, uint64_t as_of, struct arena *arena,
	     struct lineage_reader_list *ret_list, struct err *e)
{
	struct names names = {0};
	CHECK(reader_names(s, product, as_of, arena, &names, e));
	struct lineage_reader_list list = {
	    .items = ARENA_ARRAY(arena, struct lineage_reader, names.count)};
	for (size_t i = 0; i < names.count; i++) {
		struct product p;
		enum err_code code = past_product(s, names.items[i], as_of, arena, &p, e);
		if (code == ERR_NOT_FOUND)
			continue;
		if (code != ERR_OK)
			return code;
		list.items[list.count++] = (struct lineage_reader){p.name, p.owner, p.domain};
	}
	*ret_list = list;
	return ERR_OK;
}
