/*
 * identity.h -- who is asking, and what they may do.
 *
 * A bearer token is "weft_" and 43 characters of base64url: 32 random bytes.  Only its SHA-256 is
 * stored, so the text is shown once, when it is made.  Tokens are looked up in the catalog and kept
 * in a small cache that follows its changes.
 */
#ifndef WEFT_IDENTITY_IDENTITY_H
#define WEFT_IDENTITY_IDENTITY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/role.h"
#include "catalog/store.h"
#include "catalog/token.h"

struct actor {
	const char *name; /* as events name it */
	enum role role;
	const char *const *domains; /* of a publisher; NULL-terminated; "*" is every one */
};

/* Shared by threads; one for a server. */
struct identity;

/* `development`: whoever asks is the administrator "developer". */
struct identity *identity_create(struct store *store, bool development);
void identity_destroy(struct identity *identity);

/*
 * identity_authenticate -- `authorization` is the header's value or NULL.  Without a token one is
 * ANYBODY. Fails: ERR_UNAUTHENTICATED (no such token, expired, revoked; the message never says
 * which part was wrong).
 */
enum err_code identity_authenticate(struct identity *identity, const char *authorization,
				    struct arena *arena, struct actor *ret_actor, struct err *e);

/* May this actor publish into `domain`?  Fails: ERR_FORBIDDEN, naming the domains that it may. */
enum err_code actor_may_publish(const struct actor *actor, const char *domain, struct err *e);

/* What a new token is to be. */
struct token_wish {
	const char *name, *role;
	const char *const *domains; /* NULL-terminated; needed for a publisher, only for one */
	moment expires_at;          /* 0: never */
};

/* token_check -- would token_create() make it?  Fails: ERR_MALFORMED. */
enum err_code token_check(struct store *store, const struct token_wish *wish, struct err *e);

/* token_create -- `ret_secret` is the text to hand out.  Fails: ERR_MALFORMED. */
enum err_code token_create(struct store *store, const char *actor, const struct token_wish *wish,
			   struct arena *arena, struct token_record *ret_token,
			   const char **ret_secret, struct err *e);

/*
 * identity_first_start -- when there is no token at all: make an administrator's and write it to
 * FOLDER/admin.token.
 */
enum err_code identity_first_start(struct store *store, struct err *e);

#endif
