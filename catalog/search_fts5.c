/*
 * search_fts5.c -- the full-text index in SQLite.
 *
 * The index has external content: it keeps words, not texts, and what leaves it must be told to it
 * exactly as it came (SQLite 3.40 has no contentless_delete).
 */
#include "base/buf.h"

#include "search_index.h"
#include "store_parts.h"
#include "typed_words.h"

static enum err_code
change_index(struct session *s, const char *sql, int64_t id, const struct texts_of_document *t,
	     struct err *e)
{
	return db_run(s->db, sql,
		      DB_ARGS(db_int(id), db_text(t->text[0]), db_text(t->text[1]),
			      db_text(t->text[2]), db_text(t->text[3]), db_text(t->text[4]),
			      db_text(t->text[5])),
		      e);
}

static const char add_to_index[] =
    "INSERT INTO search_index (rowid, name, description, columns, tags, owner, domain)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char take_from_index[] = "INSERT INTO search_index (search_index, rowid, name, "
				      "description, columns, tags, owner, domain)"
				      " VALUES ('delete', $1, $2, $3, $4, $5, $6, $7)";

static enum err_code
fts5_put_in(struct session *s, int64_t id, const struct texts_of_document *t, struct err *e)
{
	return change_index(s, add_to_index, id, t, e);
}

static enum err_code
fts5_take_out(struct session *s, int64_t id, const struct texts_of_document *t, struct err *e)
{
	return change_index(s, take_from_index, id, t, e);
}

static enum err_code
fts5_rebuild(struct session *s, struct err *e)
{
	return db_run(s->db, "INSERT INTO search_index (search_index) VALUES ('rebuild')",
		      DB_NO_ARGS, e);
}

/* The index cuts and folds it. */
static void
fts5_add_word(struct db *db, const char *word, size_t length, struct buf *out)
{
	(void)db;
	buf_printf(out, "\"%.*s\"%s ", (int)length, word, typed_word_is_whole(length) ? "" : "*");
}

const struct search_engine fts5_engine = {
    .put_in = fts5_put_in,
    .take_out = fts5_take_out,
    .rebuild = fts5_rebuild,
    .add_word = fts5_add_word,
    .opens = {[SEARCH_ALL] = "", [SEARCH_NAME] = "name : ("},
    .closes = {[SEARCH_ALL] = "", [SEARCH_NAME] = ")"},
};
