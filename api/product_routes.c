/*
 * product_routes.c -- data products: published, listed, read, retired, and how they stand with the
 * policies.
 */
#include <string.h>

#include "catalog/product.h"

#include "commanding.h"
#include "published.h"
#include "routes.h"

/* ---- publishing */

static enum err_code
publish(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"dry_run", NULL};
	struct command *c = command_begin(rq, rs);
	TRY(request_only(rq, names, e));
	TRY(submission_of(rq, &c->in, e));
	TRY(product_publish(services_of(rq)->governance, &c->in, rq->arena, &rq->violations,
			    &c->out, e));
	return command_end(c, e);
}

static enum err_code
retire(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"reason", "dry_run", NULL};
	struct command *c = command_begin(rq, rs);
	TRY(request_only(rq, names, e));
	TRY(command_of(rq, &c->in, e));
	TRY(product_retire(services_of(rq)->governance, request_part(rq, 0),
			   request_query(rq, "reason"), &c->in, rq->arena, &c->out, e));
	return command_end(c, e);
}

/* ---- lists */

static const char *const status_words[] = {"draft", "active", "deprecated", "retired", NULL};
static const char *const standing_words[] = {"compliant", "warned", "violating", NULL};
static const char *const classification_words[] = {"public", "internal", "confidential",
						   "restricted", NULL};

static enum err_code
read_filter(const struct request *rq, struct product_filter *f, struct err *e)
{
	static const char *const names[] = {"domain", "owner",  "tag", "classification",
					    "pii",    "status", "q",   "standing",
					    "limit",  "cursor", NULL};
	bool personal;
	TRY(request_only(rq, names, e));
	f->domain = request_query(rq, "domain");
	f->owner = request_query(rq, "owner");
	f->tag = request_query(rq, "tag");
	f->words = request_query(rq, "q");
	TRY(query_word(rq, "classification", classification_words, &f->classification, e));
	TRY(query_word(rq, "status", status_words, &f->status, e));
	TRY(query_word(rq, "standing", standing_words, &f->standing, e));
	TRY(request_query_flag(rq, "pii", &personal, e));
	f->personal = request_query(rq, "pii") ? personal : -1;
	TRY(request_cursor(rq, &f->after, e));
	return request_limit(rq, &f->limit, e);
}

static void
write_item(const struct product *p, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "name", p->name);
	json_member_text(j, "version", p->version);
	json_member_text(j, "domain", p->domain);
	json_member_text(j, "owner", p->owner);
	json_member_text(j, "description", p->description);
	json_member_text(j, "status", p->status);
	json_member_text(j, "standing", p->standing);
	json_member_text(j, "classification", p->classification);
	json_member_bool(j, "personal", p->personal);
	json_member_time(j, "published_at", p->published_at);
	json_member_text(j, "published_by", p->published_by);
	json_member_int(j, "event", (int64_t)p->seq);
	json_member_text(j, "hash", p->hash);
	json_end_map(j);
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct product_filter filter = {0};
	struct product_list found;
	struct json j;
	TRY(read_filter(rq, &filter, e));
	TRY(session_read(rq, &s, e));
	TRY(product_list(s, &filter, rq->arena, &found, e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++)
		write_item(&found.items[i], &j);
	page_end(&j, rs, found.more ? found.items[found.count - 1].name : NULL);
	return ERR_OK;
}

/* ---- one product */

static void
write_product(const struct product *p, struct json *j)
{
	json_begin_map(j);
	json_key(j, "product");
	json_raw(j, p->document, p->document_length);
	json_member_text(j, "version", p->version);
	json_member_text(j, "status", p->status);
	json_member_text(j, "standing", p->standing);
	json_member_time(j, "published_at", p->published_at);
	json_member_text(j, "published_by", p->published_by);
	json_member_int(j, "event", (int64_t)p->seq);
	json_member_text(j, "hash", p->hash);
	json_end_map(j);
}

/* As it is now.  A retired product has the etag of its last version, but not its status: so it goes
 * without one. */
static enum err_code
write_present(const struct request *rq, struct response *rs, enum answer_form form,
	      uint64_t *ret_basis, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct product p;
	TRY(session_read(rq, &s, e));
	*ret_basis = session_basis(s);
	TRY(product_get(s, request_part(rq, 0), rq->arena, &p, e));
	if (strcmp(p.status, "retired") != 0)
		rs->etag = product_etag(&p, rs->arena);
	if (form == ANSWER_YAML)
		return published_write_source(s, p.seq, rs, e);
	write_product(&p, &(struct json){.out = &rs->body});
	return ERR_OK;
}

static enum err_code
write_past(const struct request *rq, struct response *rs, enum answer_form form, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct product_version v;
	uint64_t as_of;
	TRY(session_read(rq, &s, e));
	TRY(query_as_of(rq, s, &as_of, e));
	TRY(published_as_of(s, request_part(rq, 0), as_of, rs->arena, &v, e));
	if (form == ANSWER_YAML)
		return published_write_source(s, v.seq, rs, e);
	return published_write(s, request_part(rq, 0), &v, as_of, rs, e);
}

static enum err_code
get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"as_of", NULL};
	const struct services *services = services_of(rq);
	const char *name = request_part(rq, 0);
	TRY(request_only(rq, names, e));
	response_header(rs, "Vary", "Accept");
	enum answer_form form = request_wants(rq, "application/yaml") ? ANSWER_YAML : ANSWER_JSON;
	if (request_query(rq, "as_of"))
		return write_past(rq, rs, form, e);
	if (answer_cache_find(services->cache, name, form, rs))
		return ERR_OK;
	uint64_t basis;
	TRY(write_present(rq, rs, form, &basis, e));
	answer_cache_keep(services->cache, name, form, basis, rs);
	return ERR_OK;
}

static enum err_code
compliance_as_of(const struct request *rq, uint64_t *ret_as_of, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	TRY(session_read(rq, &s, e));
	return query_as_of(rq, s, ret_as_of, e);
}

static enum err_code
write_compliance(struct request *rq, struct response *rs, struct err *e)
{
	uint64_t as_of;
	TRY(compliance_as_of(rq, &as_of, e));
	return product_compliance(services_of(rq)->governance, request_part(rq, 0), as_of,
				  rq->arena, &rs->body, e);
}

/* All decisions of the past are gone through: not for the threads that poll the connections. */
static enum err_code
compliance(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"as_of", NULL};
	TRY(request_only(rq, names, e));
	if (!request_query(rq, "as_of"))
		return write_compliance(rq, rs, e);
	rs->later = write_compliance;
	return ERR_OK;
}

static enum err_code
facts(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	TRY(request_only(rq, none, e));
	return product_facts(services_of(rq)->governance, request_part(rq, 0), rq->arena, &rs->body,
			     e);
}

// clang-format off
const struct route product_routes[] = {
	{POST,   "/api/v1/products",                   publish,    ROLE_PUBLISHER, "Publish a data product, or a new version of it"},
	{GET,    "/api/v1/products",                   list,       ROLE_READER,    "Data products, filtered"},
	{GET,    "/api/v1/products/{name}",            get,        ROLE_READER,    "One data product"},
	{DELETE, "/api/v1/products/{name}",            retire,     ROLE_PUBLISHER, "Retire a data product"},
	{GET,    "/api/v1/products/{name}/compliance", compliance, ROLE_READER,    "How it stands with every policy that applies"},
	{GET,    "/api/v1/products/{name}/facts",      facts,      ROLE_READER,    "What a new version of it would be judged by"},
	{0},
};
// clang-format on
