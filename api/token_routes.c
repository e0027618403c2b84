/*
 * token_routes.c -- who may come in: bearer tokens, and who one is.
 */
#include <string.h>

#include "base/field.h"

#include "commanding.h"
#include "routes.h"

static const char *const dry_run_only[] = {"dry_run", NULL};

/* ---- what a new token is to be */

struct wish {
	const char *name, *role, *expires;
	struct texts domains;
};

// clang-format off
static const struct field wish_fields[] = {
	{"name",    FIELD_TEXT,  offsetof(struct wish, name),    FIELD_REQUIRED, .help = "whom it speaks for: the actor in events", .example = "retail-pipeline"},
	{"role",    FIELD_TEXT,  offsetof(struct wish, role),    FIELD_REQUIRED, .help = "reader, publisher, auditor, steward or admin", .example = "publisher"},
	{"domains", FIELD_TEXTS, offsetof(struct wish, domains), .help = "where a publisher may publish; \"*\" is everywhere", .example = "[retail-banking]"},
	{"expires", FIELD_TEXT,  offsetof(struct wish, expires), .help = "when it ends; absent: never", .example = "2027-01-01T00:00:00Z"},
	{0},
};
// clang-format on
static const struct field_set wish_set = {
    .name = "token",
    .size = sizeof(struct wish),
    .fields = wish_fields,
    .help = "A new token",
};

static const char *const *
terminated(const struct texts *texts, struct arena *arena)
{
	const char **list = ARENA_ARRAY(arena, const char *, texts->count + 1);
	for (size_t i = 0; i < texts->count; i++)
		list[i] = texts->items[i];
	return list;
}

static enum err_code
read_wish(struct request *rq, struct token_wish *ret_wish, struct err *e)
{
	struct node root;
	struct wish wish;
	const struct field_context context = {
	    .arena = rq->arena, .violations = &rq->violations, .pointer = ""};
	TRY(request_document(rq, &root, NULL, e));
	if (!field_decode(&wish_set, &root, &context, &wish)) {
		violations_sort(&rq->violations);
		return ERR_AT(e, MALFORMED, rq->violations.items[0].at, "%s",
			      rq->violations.items[0].message);
	}
	*ret_wish = (struct token_wish){
	    .name = wish.name, .role = wish.role, .domains = terminated(&wish.domains, rq->arena)};
	if (wish.expires && !clock_parse(wish.expires, &ret_wish->expires_at))
		return ERR(
		    e, MALFORMED,
		    "expires: '%.100s' is no time, expected for example 2027-01-01T00:00:00Z",
		    wish.expires);
	return ERR_OK;
}

/* ---- tokens */

static void
write_members(const struct token_record *t, struct json *j)
{
	json_member_text(j, "id", t->id);
	json_member_text(j, "name", t->name);
	json_member_text(j, "role", t->role);
	json_member_raw(j, "domains", t->domains);
	json_member_time(j, "created_at", t->created_at);
	json_member_time(j, "expires_at", t->expires_at);
	json_member_bool(j, "revoked", t->revoked);
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct token_list found;
	struct json j;
	TRY(request_only(rq, none, e));
	TRY(session_read(rq, &s, e));
	TRY(token_list(s, rq->arena, &found, e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++) {
		json_begin_map(&j);
		write_members(&found.items[i], &j);
		json_end_map(&j);
	}
	page_end(&j, rs, NULL);
	return ERR_OK;
}

/* The secret is shown this once, and by nobody on the way kept. */
static enum err_code
make(const struct request *rq, const struct token_wish *wish, struct response *rs, struct err *e)
{
	struct token_record token = {0};
	const char *secret = NULL;
	TRY(token_create(services_of(rq)->store, rq->actor, wish, rq->arena, &token, &secret, e));
	rs->status = 201;
	response_header(rs, "Cache-Control", "no-store");
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	write_members(&token, &j);
	json_member_text(&j, "token", secret);
	json_end_map(&j);
	return ERR_OK;
}

static void
write_checked(const char *key, const char *value, const char *outcome, struct response *rs)
{
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_text(&j, key, value);
	json_member_text(&j, "outcome", outcome);
	json_end_map(&j);
}

static enum err_code
create(struct request *rq, struct response *rs, struct err *e)
{
	struct token_wish wish = {0};
	bool dry_run;
	TRY(request_only(rq, dry_run_only, e));
	TRY(request_query_flag(rq, "dry_run", &dry_run, e));
	TRY(no_idempotency_key(rq, e));
	TRY(read_wish(rq, &wish, e));
	TRY(token_check(services_of(rq)->store, &wish, e));
	if (!dry_run)
		return make(rq, &wish, rs, e);
	write_checked("name", wish.name, "checked", rs);
	return ERR_OK;
}

static enum err_code
write_revocation(void *user, struct session *s, struct err *e)
{
	const struct request *rq = user;
	return token_revoke(s, rq->actor, request_part(rq, 0), e);
}

/* All but the commit. */
static enum err_code
try_revocation(struct request *rq, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	TRY(store_write(services_of(rq)->store, &s, e));
	return write_revocation(rq, s, e);
}

static enum err_code
revoke(struct request *rq, struct response *rs, struct err *e)
{
	bool dry_run;
	TRY(request_only(rq, dry_run_only, e));
	TRY(request_query_flag(rq, "dry_run", &dry_run, e));
	if (dry_run)
		TRY(try_revocation(rq, e));
	else
		answer_when_written(rq, rs, write_revocation, rq);
	write_checked("id", request_part(rq, 0), dry_run ? "checked" : "revoked", rs);
	return ERR_OK;
}

/* ---- who one is */

static enum err_code
whoami(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	const struct actor *actor = actor_of(rq);
	TRY(request_only(rq, none, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_text(&j, "name", actor->name);
	json_member_text(&j, "role", role_name(actor->role));
	json_key(&j, "domains");
	json_begin_list(&j);
	for (size_t i = 0; actor->domains && actor->domains[i]; i++)
		json_text(&j, actor->domains[i]);
	json_end_list(&j);
	json_end_map(&j);
	return ERR_OK;
}

// clang-format off
const struct route token_routes[] = {
	{GET,    "/api/v1/tokens",      list,   ROLE_ADMIN,  "The tokens, never their text"},
	{POST,   "/api/v1/tokens",      create, ROLE_ADMIN,  "Make a token; its text is shown once"},
	{DELETE, "/api/v1/tokens/{id}", revoke, ROLE_ADMIN,  "Make a token invalid, at once"},
	{GET,    "/api/v1/whoami",      whoami, ROLE_READER, "Who the server takes you for"},
	{0},
};
// clang-format on
