/*
 * postgres_connect.c -- a URL's own words first, then what Weft wants of a session.
 */
#include "postgres_connect.h"

#include <string.h>

#include "base/buf.h"

// clang-format off
/* Of the connection: how soon a silent server counts as gone. */
static const struct {
	const char *keyword, *value;
} wanted[] = {
	{"application_name",    "weft"},
	{"client_encoding",     "UTF8"},
	{"connect_timeout",     "5"},     /* seconds, for each host */
	{"keepalives_idle",     "5"},
	{"keepalives_interval", "2"},
	{"keepalives_count",    "3"},
	{"tcp_user_timeout",    "10000"}, /* milliseconds */
};

/*
 * Of the session.  A writer that stands still within its transaction loses it, and with it the lock
 * on the log; a statement is given up before postgres_pipeline.c stops waiting for it.
 *
 * Statements are planned once, perhaps while their tables are empty and read fastest from end to
 * end: as each has its index, that is not an option.
 */
static const char session_settings[] =
	"-c idle_in_transaction_session_timeout=5000 -c lock_timeout=8000 -c statement_timeout=9000"
	" -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c jit=off"
	" -c timezone=UTC -c standard_conforming_strings=on -c bytea_output=hex";
// clang-format on

enum { MOST_KEYWORDS = 80 };

/* The arguments of PQconnectdbParams; a later one of the same name counts. */
struct words {
	const char *keywords[MOST_KEYWORDS], *values[MOST_KEYWORDS];
	size_t count;
};

static void
say(struct words *w, const char *keyword, const char *value)
{
	if (w->count + 1 >= MOST_KEYWORDS)
		return;
	w->keywords[w->count] = keyword;
	w->values[w->count++] = value;
}

/* What the URL says of it, or NULL. */
static const char *
said(const PQconninfoOption *url, const char *keyword)
{
	for (; url->keyword; url++)
		if (strcmp(url->keyword, keyword) == 0)
			return url->val;
	return NULL;
}

static void
say_all(struct words *w, const PQconninfoOption *url, enum db_mode mode, const char *options)
{
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		say(w, wanted[i].keyword, wanted[i].value);
	/* A reader's session takes no writes, but its server must: it sees what was just written.
	 */
	say(w, "target_session_attrs", mode == DB_WRITE ? "read-write" : "primary");
	for (; url->keyword; url++)
		if (url->val)
			say(w, url->keyword, url->val);
	say(w, "options", options);
}

static enum err_code
no_connection(const PGconn *conn, struct err *e)
{
	const char *message = PQerrorMessage(conn);
	return ERR(e, UNAVAILABLE, "the database cannot be reached: %.*s",
		   (int)strcspn(message, "\n"), message);
}

static enum err_code
connect_as(const PQconninfoOption *url, enum db_mode mode, PGconn **ret_conn, struct err *e)
{
	CLEANUP(buf_done) struct buf options = {0};
	const char *own = said(url, "options");
	struct words w = {.count = 0};
	buf_printf(&options, "%s %s", session_settings, own ? own : "");
	say_all(&w, url, mode, options.data);
	PGconn *conn = PQconnectdbParams(w.keywords, w.values, 0);
	if (PQstatus(conn) != CONNECTION_OK) {
		no_connection(conn, e);
		PQfinish(conn);
		return e->code;
	}
	*ret_conn = conn;
	return ERR_OK;
}

enum err_code
postgres_connect(const char *url, enum db_mode mode, PGconn **ret_conn, struct err *e)
{
	char *complaint = NULL; /* it quotes the URL */
	PQconninfoOption *parsed = PQconninfoParse(url, &complaint);
	PQfreemem(complaint);
	if (!parsed)
		return ERR(e, USAGE,
			   "no URL of PostgreSQL: expected "
			   "postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
	enum err_code code = connect_as(parsed, mode, ret_conn, e);
	PQconninfoFree(parsed);
	return code;
}

/* --- a URL for people --- */

/* Where the password of "postgresql://user:password@host" begins, or NULL. */
static const char *
find_password(const char *authority, const char *end)
{
	const char *at = NULL;
	for (const char *p = authority; p < end; p++)
		if (*p == '@')
			at = p;
	const char *colon = at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
	return colon ? colon + 1 : NULL;
}

const char *
db_where_to_show(const char *where, struct arena *arena)
{
	if (!db_is_url(where))
		return where;
	const char *authority = strstr(where, "://") + 3;
	const char *end = authority + strcspn(authority, "/?");
	const char *password = find_password(authority, end);
	size_t path = strcspn(end, "?"); /* a password may stand behind it, too */
	if (!password)
		return arena_bytes(arena, where, (size_t)(end - where) + path);
	const char *at = end;
	while (at > password && at[-1] != '@')
		at--;
	return arena_printf(arena, "%.*s***@%.*s%.*s", (int)(password - where), where,
			    (int)(end - at), at, (int)path, end);
}
