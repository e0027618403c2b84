/*
 * search_tsvector.c -- the full-text index in PostgreSQL: rows of words, which Weft cuts itself.
 *
 * A document is written as PostgreSQL writes a tsvector: 'customer':1A 'accounts':2A ..., a letter
 * for the weight of the text that the word is from.
 */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

#include "search_index.h"
#include "store_parts.h"
#include "typed_words.h"
#include "word_cutter.h"

/* PostgreSQL's own limits (section 12.11): 2 KB a word, 1 MB a document.  Words beyond are left
 * out. */
enum { MOST_WORD = 2000, MOST_DOCUMENT = 700000 };

/* In the order of struct texts_of_document. */
static const char weights[SEARCH_TEXTS] = {'A', 'C', 'D', 'B', 'C', 'C'};

struct document {
	struct buf words;
	unsigned position;
	char weight;
};

static bool
add_to_document(void *user, const struct cut_word *word)
{
	struct document *d = user;
	int length = utf8_cut(word->word, word->length, MOST_WORD);
	buf_printf(&d->words, "'%.*s':%u%c ", length, word->word, ++d->position, d->weight);
	return d->words.length < MOST_DOCUMENT;
}

static const char *
cut_texts(struct session *s, const struct texts_of_document *t, int count, struct arena *arena)
{
	struct document d = {.position = 0};
	buf_text(&d.words, "");
	for (int i = 0; i < count && d.words.length < MOST_DOCUMENT; i++) {
		d.weight = weights[i];
		words_cut(db_cutter(s->db), t->text[i], strlen(t->text[i]), add_to_document, &d);
	}
	const char *words = arena_bytes(arena, d.words.data, d.words.length);
	buf_done(&d.words);
	return words;
}

static enum err_code
tsvector_put_in(struct session *s, int64_t id, const struct texts_of_document *t, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO search_words (id, name, words) VALUES ($1, $2::tsvector, $3::tsvector)";
	CLEANUP(arena_done) struct arena arena = {0};
	return db_run(s->db, sql,
		      DB_ARGS(db_int(id), db_text(cut_texts(s, t, 1, &arena)),
			      db_text(cut_texts(s, t, SEARCH_TEXTS, &arena))),
		      e);
}

static enum err_code
tsvector_take_out(struct session *s, int64_t id, const struct texts_of_document *t, struct err *e)
{
	(void)t;
	return db_run(s->db, "DELETE FROM search_words WHERE id = $1", DB_ARGS(db_int(id)), e);
}

static enum err_code
tsvector_rebuild(struct session *s, struct err *e)
{
	static const char sql[] =
	    "SELECT id, name, description, columns, tags, owner, domain FROM search_documents";
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_run(s->db, "DELETE FROM search_words", DB_NO_ARGS, e));
	CHECK(db_scan(s->db, sql, DB_NO_ARGS, &q, e));
	while (db_next(&q)) {
		struct texts_of_document t;
		arena_reset(&arena);
		for (int i = 0; i < SEARCH_TEXTS; i++)
			t.text[i] = db_column_text(&q, i + 1, &arena);
		CHECK(tsvector_put_in(s, db_column_int(&q, 0), &t, e));
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

struct typed_word {
	struct buf *out;
	bool is_whole;
};

static bool
add_to_expression(void *user, const struct cut_word *word)
{
	const struct typed_word *typed = user;
	struct buf *out = typed->out;
	int length = utf8_cut(word->word, word->length, MOST_WORD);
	buf_printf(out, "%s'%.*s'%s", out->length > 0 ? " & " : "", length, word->word,
		   typed->is_whole ? "" : ":*");
	return true;
}

static void
tsvector_add_word(struct db *db, const char *word, size_t length, struct buf *out)
{
	struct typed_word typed = {out, typed_word_is_whole(length)};
	words_cut(db_cutter(db), word, length, add_to_expression, &typed);
}

const struct search_engine tsvector_engine = {
    .put_in = tsvector_put_in,
    .take_out = tsvector_take_out,
    .rebuild = tsvector_rebuild,
    .add_word = tsvector_add_word,
    .opens = {[SEARCH_ALL] = "", [SEARCH_NAME] = ""},
    .closes = {[SEARCH_ALL] = "", [SEARCH_NAME] = ""},
};
