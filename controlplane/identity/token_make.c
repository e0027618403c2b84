/*
 * token_make.c -- new tokens: checked, drawn at random, stored by their hash alone.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "catalog/pending.h"

#include "identity.h"

enum { SECRET_BYTES = 32, ID_BYTES = 6, MOST_NAME = 100 };

#define SECRET_PREFIX "weft_"

/* Names go into events: printable, no spaces, so that a line of the log is read in one way only. */
static bool
is_token_name(const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] <= ' ' || (unsigned char)name[i] >= 0x7f ||
		    name[i] == '"')
			return false;
	return length > 0 && length <= MOST_NAME;
}

static enum err_code
check_wish(const struct token_wish *wish, moment now, struct err *e)
{
	enum role role;
	bool bound = wish->domains && wish->domains[0];
	if (!wish->name || !is_token_name(wish->name))
		return ERR(e, MALFORMED,
			   "name: expected 1 to %d printable ASCII characters without spaces",
			   MOST_NAME);
	if (!wish->role || !role_from_name(wish->role, &role))
		return ERR(
		    e, MALFORMED,
		    "role: expected reader, publisher, auditor, steward or admin, found '%s'",
		    wish->role ? wish->role : "");
	if (role == ROLE_PUBLISHER && !bound)
		return ERR(e, MALFORMED,
			   "domains: a publisher's token needs at least one domain, or \"*\"");
	if (role != ROLE_PUBLISHER && bound)
		return ERR(e, MALFORMED,
			   "domains: only a publisher's token is bound to domains, not a token of "
			   "role '%s'",
			   wish->role);
	if (wish->expires_at != 0 && wish->expires_at <= now)
		return ERR(e, MALFORMED, "expires: expected a moment that is still to come");
	return ERR_OK;
}

enum err_code
token_check(struct store *store, const struct token_wish *wish, struct err *e)
{
	const struct clock clock = store_clock(store);
	return check_wish(wish, clock_now(&clock), e);
}

static const char *
write_domains(const char *const *domains, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct json j = {.out = &out};
	json_begin_list(&j);
	for (size_t i = 0; domains && domains[i]; i++)
		json_text(&j, domains[i]);
	json_end_list(&j);
	return arena_bytes(arena, out.data, out.length);
}

static const char *
draw(const char *prefix, size_t bytes, struct arena *arena)
{
	uint8_t random[SECRET_BYTES];
	char text[64];
	random_bytes(random, bytes);
	base64url_encode(random, bytes, text);
	return arena_printf(arena, "%s%s", prefix, text);
}

/* A token in the session given; it holds once the session is committed. */
static enum err_code
add_token(struct session *s, const char *actor, const struct token_wish *wish, struct arena *arena,
	  struct token_record *ret_token, const char **ret_secret, struct err *e)
{
	const char *secret = draw(SECRET_PREFIX, SECRET_BYTES, arena);
	struct digest hash = digest_of(secret, strlen(secret));
	struct token_record token = {
	    .id = draw("", ID_BYTES, arena),
	    .name = wish->name,
	    .role = wish->role,
	    .domains = write_domains(wish->domains, arena),
	    .created_at = session_now(s),
	    .expires_at = wish->expires_at,
	};
	enum err_code code = token_add(s, actor, &token, &hash, e);
	if (code != ERR_OK)
		return code;
	*ret_token = token;
	*ret_secret = secret;
	return ERR_OK;
}

/* A token on its way in. */
struct creation {
	const char *actor;
	const struct token_wish *wish;
	struct arena *arena;
	struct token_record *ret_token;
	const char **ret_secret;
};

static enum err_code
write_creation(void *user, struct session *s, struct err *e)
{
	const struct creation *c = user;
	return add_token(s, c->actor, c->wish, c->arena, c->ret_token, c->ret_secret, e);
}

enum err_code
token_create(struct store *store, const char *actor, const struct token_wish *wish,
	     struct arena *arena, struct token_record *ret_token, const char **ret_secret,
	     struct err *e)
{
	struct creation c = {actor, wish, arena, ret_token, ret_secret};
	enum err_code code = token_check(store, wish, e);
	return code == ERR_OK ? store_change(store, write_creation, &c, e) : code;
}

static enum err_code
write_and_sync(int file, const char *text, const char *path, struct err *e)
{
	size_t length = strlen(text);
	if (write(file, text, length) != (ssize_t)length || fsync(file) != 0)
		return err_errno(e, errno ? errno : ENOSPC, "writing '%s'", path);
	return ERR_OK;
}

/*
 * The file before the commit: a crash between the two leaves a file that opens nothing, and the
 * next start makes both anew.
 */
static enum err_code
write_secret_file(const char *folder, const char *secret, struct arena *arena, struct err *e)
{
	const char *path = arena_printf(arena, "%s/admin.token", folder);
	const char *half = arena_printf(arena, "%s.new", path);
	unlink(half);
	int file = open(half, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (file < 0)
		return err_errno(e, errno, "creating '%s'", half);
	enum err_code code = write_and_sync(file, arena_printf(arena, "%s\n", secret), half, e);
	close(file);
	if (code == ERR_OK && rename(half, path) != 0)
		code = err_errno(e, errno, "renaming '%s'", half);
	return code;
}

enum err_code
identity_first_start(struct store *store, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(session_end) struct session *s = NULL;
	struct token_list tokens;
	enum err_code code = store_write(store, &s, e);
	if (code == ERR_OK)
		code = token_list(s, &arena, &tokens, e);
	if (code != ERR_OK || tokens.count > 0)
		return code;

	const struct token_wish wish = {.name = "admin", .role = "admin"};
	struct token_record token;
	const char *secret;
	code = add_token(s, "weft", &wish, &arena, &token, &secret, e);
	if (code == ERR_OK)
		code = write_secret_file(store_folder(store), secret, &arena, e);
	return code == ERR_OK ? session_commit(s, e) : code;
}
