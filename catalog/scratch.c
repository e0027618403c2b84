/*
 * scratch.c -- the copy, what belongs beside it, and how it goes away again.
 */
#include "scratch.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/document.h"

#include "store_parts.h"

#define SCRATCH_NAME "weft-scratch-"

static enum err_code
read_first_body(const char *database, struct arena *arena, const char **ret_body,
		size_t *ret_length, struct err *e)
{
	static const char sql[] =
	    "SELECT body FROM events WHERE seq = 1 AND kind = 'log.created' AND body IS NOT NULL";
	struct db *db = NULL;
	CHECK(db_open(database, DB_READ, &db, e));
	struct query q = {0};
	enum err_code code = db_query(db, sql, DB_NO_ARGS, &q, e);
	if (code == ERR_OK && db_next(&q))
		*ret_body = db_column_bytes(&q, 0, arena, ret_length);
	else if (code == ERR_OK && !query_failed(&q, e))
		ERR(e, CORRUPT, "the log does not begin with what it is called and signed by");
	code = *ret_body ? ERR_OK : e->code;
	query_close(&q);
	db_close(db);
	return code;
}

enum err_code
scratch_own_verifier(const char *database, struct arena *arena, const char **ret_verifier,
		     struct err *e)
{
	const char *body = NULL;
	size_t length = 0;
	struct node root;
	struct verifier_key key;
	CHECK(read_first_body(database, arena, &body, &length, e));
	CHECK(document_read(DOCUMENT_JSON, body, length, NULL, arena, &root, e));
	const char *verifier = node_text(&root, "verifier", "");
	if (verifier_key_parse(verifier, arena, &key, e) != ERR_OK)
		return ERR(e, CORRUPT, "the log's first event names no key");
	*ret_verifier = verifier;
	return ERR_OK;
}

/*
 * A copy from an older Weft becomes one of today's, as a server would make it.  Damage is no reason
 * to stop: who looks for it finds it.
 */
static enum err_code
bring_forward(const char *database, struct err *e)
{
	struct db *db = NULL;
	enum err_code code = db_open(database, DB_WRITE, &db, e);
	if (code == ERR_OK)
		code = migrate(db, e);
	db_close(db);
	return code == ERR_CORRUPT ? ERR_OK : code;
}

static enum err_code
make_folder(const char *parent, struct arena *arena, const char **ret_folder, struct err *e)
{
	char *folder = arena_printf(arena, "%s/" SCRATCH_NAME "XXXXXX", parent);
	if (!mkdtemp(folder))
		return err_errno(e, errno, "making a folder in '%s'", parent);
	*ret_folder = folder;
	return ERR_OK;
}

static enum err_code
put_verifier(const struct scratch *s, struct arena *arena, struct err *e)
{
	return file_create(s->folder, "log.verifier", arena_printf(arena, "%s\n", s->verifier),
			   0644, e);
}

enum err_code
scratch_make_empty(const char *parent, const char *verifier, struct arena *arena,
		   struct scratch *ret_scratch, struct err *e)
{
	struct scratch *s = ret_scratch;
	*s = (struct scratch){.verifier = verifier};
	CHECK(make_folder(parent, arena, &s->folder, e));
	s->database = arena_printf(arena, "%s/weft.db", s->folder);
	CHECK(bring_forward(s->database, e));
	return put_verifier(s, arena, e);
}

enum err_code
scratch_make(const char *parent, struct copy_wish wish, const char *verifier, struct arena *arena,
	     struct scratch *ret_scratch, struct err *e)
{
	struct scratch *s = ret_scratch;
	*s = (struct scratch){.verifier = verifier};
	CHECK(make_folder(parent, arena, &s->folder, e));
	s->database = wish.to = arena_printf(arena, "%s/weft.db", s->folder);
	CHECK(database_copy(&wish, &s->copied, e));
	if (bring_forward(s->database, e) != ERR_OK)
		return err_while(e, "'%s'", wish.from);
	if (!s->verifier)
		CHECK(scratch_own_verifier(s->database, arena, &s->verifier, e));
	return put_verifier(s, arena, e);
}

static void
remove_all(const char *folder)
{
	static const char *const names[] = {"weft.db",   "weft.db-wal",  "weft.db-shm",
					    "weft.lock", "log.verifier", "log.verifier.new"};
	char path[4096];
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

void
scratch_remove(struct scratch *s)
{
	if (s->folder)
		remove_all(s->folder);
	s->folder = NULL;
}

void
scratch_remove_stale(const char *parent)
{
	glob_t found;
	char pattern[4096];
	snprintf(pattern, sizeof pattern, "%s/" SCRATCH_NAME "*", parent);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		remove_all(found.gl_pathv[i]);
	globfree(&found);
}
