/*
 * policy_answer.c -- a policy's members, and its document beside them or alone.
 */
#include "policy_answer.h"

#include <string.h>

#include "handling.h"

void
policy_write(const struct rule_record *r, struct json *j)
{
	json_member_text(j, "name", r->name);
	json_member_text(j, "scope", r->scope);
	json_member_text(j, "enforcement", r->enforcement);
	json_member_int(j, "version", (int64_t)r->version);
	json_member_time(j, "defined_at", r->defined_at);
	json_member_text(j, "defined_by", r->defined_by);
	json_member_int(j, "event", (int64_t)r->seq);
	json_member_text(j, "hash", r->hash);
}

static void
write_end(const struct rule_version *v, struct json *j)
{
	json_member_text(j, "state",
			 v->retired_at  ? "retired"
			 : v->until_seq ? "replaced"
					: "in force");
	json_key(j, "until");
	if (v->until_seq)
		json_int(j, (int64_t)v->until_seq);
	else
		json_null(j);
	if (v->retired_at)
		json_member_time(j, "retired_at", v->retired_at);
	else
		json_member_raw(j, "retired_at", NULL);
	json_member_text(j, "retired_by", v->retired_by);
}

void
policy_version_write(const struct rule_version *v, struct json *j)
{
	const struct rule_record r = {
	    .name = v->name,
	    .scope = v->scope,
	    .enforcement = v->enforcement,
	    .version = v->version,
	    .defined_at = v->defined_at,
	    .defined_by = v->defined_by,
	    .seq = v->seq,
	    .hash = v->hash,
	};
	policy_write(&r, j);
	write_end(v, j);
}

static enum err_code
write_document(const struct rule_record *r, struct arena *arena, struct json *j, struct err *e)
{
	struct node document;
	TRY(document_read(document_format_of(r->media_type), r->source, r->source_length, NULL,
			  arena, &document, e));
	json_key(j, "policy");
	json_node(j, &document);
	return ERR_OK;
}

static void
answer_source(const struct rule_record *r, struct response *rs)
{
	rs->content_type = "application/yaml";
	buf_append(&rs->body, r->source, r->source_length);
}

enum err_code
policy_answer(const struct request *rq, const struct rule_record *r, struct response *rs,
	      struct err *e)
{
	struct json j = {.out = &rs->body};
	response_header(rs, "Vary", "Accept");
	if (request_wants(rq, "application/yaml")) {
		answer_source(r, rs);
		return ERR_OK;
	}
	json_begin_map(&j);
	TRY(write_document(r, rs->arena, &j, e));
	policy_write(r, &j);
	json_end_map(&j);
	return ERR_OK;
}

enum err_code
policy_version_answer(const struct request *rq, struct session *s, const struct rule_version *v,
		      struct response *rs, struct err *e)
{
	struct json j = {.out = &rs->body};
	struct rule_record r;
	response_header(rs, "Vary", "Accept");
	TRY(rule_source(s, v, rs->arena, &r, e));
	if (request_wants(rq, "application/yaml")) {
		answer_source(&r, rs);
		return ERR_OK;
	}
	json_begin_map(&j);
	TRY(write_document(&r, rs->arena, &j, e));
	policy_version_write(v, &j);
	json_end_map(&j);
	return ERR_OK;
}
