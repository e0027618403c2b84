/*
 * token.h -- who holds which bearer token.  Only a token's SHA-256 is stored; the log says that
 * one was made, not what.
 */
#ifndef WEFT_CATALOG_TOKEN_H
#define WEFT_CATALOG_TOKEN_H

#include "catalog/store.h"

struct token_record {
	const char *id;   /* short, public: names the token in lists and events */
	const char *name; /* whom it speaks for: the actor in events */
	const char *role;
	const char
	    *domains; /* JSON list of texts: where a publisher may publish; ["*"] is everywhere */
	moment created_at, expires_at; /* expires_at 0: never */
	bool revoked;
};

struct token_list {
	struct token_record *items;
	size_t count;
};

/* token_add -- with its token.created event by `actor`. */
enum err_code token_add(struct session *s, const char *actor, const struct token_record *token,
			const struct digest *secret_hash, struct err *e);
enum err_code token_revoke(struct session *s, const char *actor, const char *id, struct err *e);

/*
 * token_find -- by the secret's hash; also one that is revoked or expired.  Fails: ERR_NOT_FOUND.
 */
enum err_code token_find(struct session *s, const struct digest *secret_hash, struct arena *arena,
			 struct token_record *ret_token, struct err *e);
enum err_code token_list(struct session *s, struct arena *arena, struct token_list *ret_list,
			 struct err *e);

/* token_version -- grows with each change, so that a cache of tokens knows when it is old. */
enum err_code token_version(struct session *s, uint64_t *ret_version, struct err *e);

#endif
