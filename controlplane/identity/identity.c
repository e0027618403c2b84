/*
 * identity.c -- from an Authorization header to an actor.
 *
 * Tokens are looked up by the SHA-256 of their text.  What was found is remembered in a small
 * table, each row valid only while the catalog has not changed: so a token that is revoked stops
 * with the commit that revoked it, and a reader who asks a thousand times between two commits costs
 * one look-up.
 */
#include "identity.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/document.h"

enum { REMEMBERED = 256 }; /* rows; a power of two */

struct remembered {
	struct digest secret_hash;
	uint64_t commits;   /* the catalog's state that it was read in; 0: nothing here */
	struct arena arena; /* holds the record's texts */
	struct token_record token;
};

struct identity {
	struct store *store;
	bool development;
	pthread_mutex_t mutex; /* of the table */
	struct remembered table[REMEMBERED];
};

struct identity *
identity_create(struct store *store, bool development)
{
	struct identity *identity = memory_alloc(sizeof *identity);
	identity->store = store;
	identity->development = development;
	pthread_mutex_init(&identity->mutex, NULL);
	return identity;
}

void
identity_destroy(struct identity *identity)
{
	if (!identity)
		return;
	for (size_t i = 0; i < REMEMBERED; i++)
		arena_done(&identity->table[i].arena);
	pthread_mutex_destroy(&identity->mutex);
	free(identity);
}

static void
copy_token(const struct token_record *from, struct arena *arena, struct token_record *to)
{
	*to = *from;
	to->id = arena_text(arena, from->id);
	to->name = arena_text(arena, from->name);
	to->role = arena_text(arena, from->role);
	to->domains = arena_text(arena, from->domains);
}

static struct remembered *
row_for(struct identity *identity, const struct digest *secret_hash)
{
	return &identity->table[secret_hash->bytes[0] & (REMEMBERED - 1)];
}

static bool
recall(struct identity *identity, const struct digest *hash, uint64_t commits, struct arena *arena,
       struct token_record *ret_token)
{
	pthread_mutex_lock(&identity->mutex);
	struct remembered *row = row_for(identity, hash);
	bool found =
	    row->commits == commits && commits != 0 && digest_equal(&row->secret_hash, hash);
	if (found)
		copy_token(&row->token, arena, ret_token);
	pthread_mutex_unlock(&identity->mutex);
	return found;
}

static void
remember(struct identity *identity, const struct digest *hash, uint64_t commits,
	 const struct token_record *token)
{
	pthread_mutex_lock(&identity->mutex);
	struct remembered *row = row_for(identity, hash);
	arena_reset(&row->arena);
	row->secret_hash = *hash;
	row->commits = commits;
	copy_token(token, &row->arena, &row->token);
	pthread_mutex_unlock(&identity->mutex);
}

static enum err_code
look_up(struct identity *identity, const struct digest *hash, struct arena *arena,
	struct token_record *ret_token, struct err *e)
{
	/* Taken before the read: a commit in between makes the row old, never wrong. */
	uint64_t commits = store_commits(identity->store);
	if (recall(identity, hash, commits, arena, ret_token))
		return ERR_OK;

	CLEANUP(session_end) struct session *s = NULL;
	enum err_code code = store_read(identity->store, &s, e);
	if (code != ERR_OK)
		return code;
	code = token_find(s, hash, arena, ret_token, e);
	if (code == ERR_OK)
		remember(identity, hash, commits, ret_token);
	return code;
}

/* The stored JSON list of texts as a C array. */
static const char *const *
read_domains(const char *json, struct arena *arena)
{
	struct node list = {0};
	struct err ignored;
	if (document_read(DOCUMENT_JSON, json, strlen(json), NULL, arena, &list, &ignored) !=
		ERR_OK ||
	    list.kind != NODE_LIST)
		list = (struct node){.kind = NODE_LIST};
	const char **domains = ARENA_ARRAY(arena, const char *, list.count + 1);
	size_t count = 0;
	for (uint32_t i = 0; i < list.count; i++)
		if (list.items[i].kind == NODE_TEXT)
			domains[count++] = list.items[i].text;
	return domains;
}

static enum err_code
refuse_token(struct err *e)
{
	return ERR(e, UNAUTHENTICATED, "this token is not valid: unknown, expired or revoked");
}

static enum err_code
authenticate_token(struct identity *identity, const char *secret, struct arena *arena,
		   struct actor *ret_actor, struct err *e)
{
	struct digest hash = digest_of(secret, strlen(secret));
	struct token_record token;
	enum err_code code = look_up(identity, &hash, arena, &token, e);
	if (code == ERR_NOT_FOUND)
		return refuse_token(e);
	if (code != ERR_OK)
		return code;

	struct actor actor = {.name = token.name};
	const struct clock clock = store_clock(identity->store);
	bool expired = token.expires_at != 0 && token.expires_at <= clock_now(&clock);
	if (token.revoked || expired || !role_from_name(token.role, &actor.role))
		return refuse_token(e);
	actor.domains = read_domains(token.domains, arena);
	*ret_actor = actor;
	return ERR_OK;
}

enum err_code
identity_authenticate(struct identity *identity, const char *authorization, struct arena *arena,
		      struct actor *ret_actor, struct err *e)
{
	static const char *const everywhere[] = {"*", NULL};
	static const char *const nowhere[] = {NULL};
	if (identity->development) {
		*ret_actor =
		    (struct actor){.name = "developer", .role = ROLE_ADMIN, .domains = everywhere};
		return ERR_OK;
	}
	if (!authorization) {
		*ret_actor =
		    (struct actor){.name = "anybody", .role = ROLE_ANYBODY, .domains = nowhere};
		return ERR_OK;
	}
	if (strncasecmp(authorization, "Bearer ", 7) != 0)
		return ERR(e, UNAUTHENTICATED, "expected 'Authorization: Bearer TOKEN'");
	return authenticate_token(identity, authorization + 7, arena, ret_actor, e);
}

static void
list_domains(const char *const *domains, struct buf *out)
{
	for (size_t i = 0; domains && domains[i]; i++)
		buf_printf(out, "%s%s", i ? ", " : "", domains[i]);
	if (out->length == 0)
		buf_text(out, "none");
}

enum err_code
actor_may_publish(const struct actor *actor, const char *domain, struct err *e)
{
	if (actor->role == ROLE_ADMIN)
		return ERR_OK;
	for (size_t i = 0; actor->domains && actor->domains[i]; i++)
		if (strcmp(actor->domains[i], "*") == 0 || strcmp(actor->domains[i], domain) == 0)
			return ERR_OK;
	CLEANUP(buf_done) struct buf allowed = {0};
	list_domains(actor->domains, &allowed);
	return ERR(e, FORBIDDEN, "'%s' may not publish into the domain '%s'; its token is for: %s",
		   actor->name, domain, allowed.data);
}
