/*
 * log_key.c -- the key pair that signs the log's checkpoints: made once, with the log, and never
 * replaced.
 *
 * log.key is one line, the base64 of the secret key; the public key is its second half (libsodium's
 * form of RFC 8032). log.verifier is the verifier key's text and names the log's origin.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/document.h"

#include "store_parts.h"

enum { MOST_KEY_FILE = 4096 };

static const char *
path_in(struct store *store, const char *name)
{
	return arena_printf(&store->arena, "%s/%s", store->folder, name);
}

/* The text of a small file, without the line's end. */
static enum err_code
read_line(const char *path, struct arena *arena, char **ret_line, struct err *e)
{
	size_t length = 0;
	char *text = NULL;
	CHECK(file_read(path, MOST_KEY_FILE, arena, &text, &length, e));
	text[strcspn(text, "\r\n")] = '\0';
	*ret_line = text;
	return ERR_OK;
}

static void
take_public_half(struct signing_key *key)
{
	memcpy(key->public_key, key->secret_key + SECRET_KEY_SIZE - PUBLIC_KEY_SIZE,
	       PUBLIC_KEY_SIZE);
}

static enum err_code
read_key(const char *path, struct signing_key *ret_key, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	size_t length = 0;
	char *line = NULL;
	CHECK(read_line(path, &arena, &line, e));
	bool good = base64_decode(line, ret_key->secret_key, SECRET_KEY_SIZE, &length) &&
		    length == SECRET_KEY_SIZE;
	memset(line, 0, strlen(line));
	if (!good)
		return ERR(e, CORRUPT, "'%s' is no key: put it back from a copy", path);
	take_public_half(ret_key);
	return ERR_OK;
}

static enum err_code
create_key(struct store *store, struct err *e)
{
	struct signing_key key;
	char encoded[SECRET_KEY_SIZE * 2], text[SECRET_KEY_SIZE * 2 + 1];
	signing_key_generate(&key);
	base64_encode(key.secret_key, SECRET_KEY_SIZE, encoded);
	snprintf(text, sizeof text, "%s\n", encoded);
	enum err_code code = file_create(store->folder, "log.key", text, 0600, e);
	signing_key_wipe(&key);
	memset(encoded, 0, sizeof encoded);
	memset(text, 0, sizeof text);
	return code;
}

static enum err_code
create_verifier(struct store *store, const char *origin, struct err *e)
{
	struct verifier_key verifier = {.name = origin};
	memcpy(verifier.public_key, store->key.public_key, PUBLIC_KEY_SIZE);
	const char *text =
	    arena_printf(&store->arena, "%s\n", verifier_key_format(&verifier, &store->arena));
	return file_create(store->folder, "log.verifier", text, 0644, e);
}

enum err_code
log_verifier_load(struct store *store, struct err *e)
{
	const char *path = path_in(store, "log.verifier");
	char *line = NULL;
	CHECK(read_line(path, &store->arena, &line, e));
	if (verifier_key_parse(line, &store->arena, &store->verifier, e) != ERR_OK) {
		e->code = ERR_CORRUPT;
		return err_while(e, "reading '%s'", path);
	}
	store->origin = store->verifier.name;
	return ERR_OK;
}

/* A damaged or exchanged key would sign what no auditor accepts: better to hear of it now. */
static enum err_code
check_pair(const struct store *store, struct err *e)
{
	uint8_t signature[SIGNATURE_SIZE];
	sign_bytes(&store->key, "weft", 4, signature);
	if (!signature_is_valid(store->verifier.public_key, "weft", 4, signature))
		return ERR(e, CORRUPT, "log.key and log.verifier in '%s' are not of one pair",
			   store->folder);
	return ERR_OK;
}

enum err_code
log_key_examine(const char *path, const struct verifier_key *verifier, struct err *e)
{
	struct signing_key key;
	CHECK(read_key(path, &key, e));
	uint8_t signature[SIGNATURE_SIZE];
	sign_bytes(&key, "weft", 4, signature);
	signing_key_wipe(&key);
	if (!signature_is_valid(verifier->public_key, "weft", 4, signature))
		return ERR(e, CORRUPT, "'%s' is not the key of the log '%s'", path, verifier->name);
	return ERR_OK;
}

enum err_code
log_key_load(struct store *store, const char *origin, bool log_is_new, struct err *e)
{
	const char *path = path_in(store, "log.key");
	bool has_verifier = file_exists(path_in(store, "log.verifier"));
	if (!file_exists(path)) {
		if (!log_is_new || has_verifier)
			return ERR(
			    e, CORRUPT,
			    "'%s' is missing: without it no checkpoint of this log can be signed; "
			    "put it back from a copy, or copy log.key and log.verifier from "
			    "another node",
			    path);
		CHECK(create_key(store, e));
	}
	CHECK(read_key(path, &store->key, e));
	if (!has_verifier && !origin)
		return ERR(e, CORRUPT,
			   "'%s' is missing, which says what this log is called: put it back from "
			   "a copy",
			   path_in(store, "log.verifier"));
	if (!has_verifier)
		CHECK(create_verifier(store, origin, e));
	CHECK(log_verifier_load(store, e));
	return check_pair(store, e);
}

static enum err_code
make_key(struct store *store, const char *origin, struct err *e)
{
	CHECK(digest_start_up(e));
	CHECK(folder_create(store->folder, e));
	CHECK(folder_lock(store->folder, &store->lock, e));
	if (file_exists(path_in(store, "log.key")) || file_exists(path_in(store, "weft.db")))
		return ERR(e, CONFLICT, "there is a log in '%s' already", store->folder);
	return log_key_load(store, origin, true, e);
}

enum err_code
store_make_key(const char *folder, const char *origin, struct err *e)
{
	struct store *store =
	    memory_alloc(sizeof *store); /* of which a folder and a key are used */
	store->folder = folder;
	store->lock = -1;
	enum err_code code = make_key(store, origin, e);
	if (store->lock >= 0)
		folder_unlock(store->lock);
	signing_key_wipe(&store->key);
	arena_done(&store->arena);
	free(store);
	return code;
}
