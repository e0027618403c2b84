/*
 * search_snippet.c -- where the words of a search stand in a document, marked with « and ».
 *
 * FTS5's own snippet() belongs to a running query of the index.  This function needs the texts
 * alone, and cuts them into words with the tokenizer of the index, so that both agree on what a
 * word is and on case and accents.  Of several texts it takes the one that has the most of the
 * words, of that the 16 words around the first match.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "search_rank.h"

enum { MOST_WORDS = 32, MOST_BYTES = 1024, WINDOW = 16, LEAD = 5 };

/* The tokenizer, set up as sql/0004_search.sql does. */
struct cutter {
	fts5_tokenizer methods;
	Fts5Tokenizer *tokenizer; /* owned */
};

/* The words of the search, as the tokenizer folds them. */
struct words {
	char bytes[MOST_BYTES];
	int starts[MOST_WORDS], lengths[MOST_WORDS];
	int count, used;
};

/* One text, while it is read or copied. */
struct text {
	const struct words *words;
	const char *bytes; /* of the value; not owned */
	int length;

	int position;  /* of the word in hand */
	unsigned seen; /* a bit for each of the words that was met */
	int first;     /* position of the first match, or -1 */

	sqlite3_str *out; /* while it is copied; else NULL */
	int copied;       /* bytes of the text that are in `out`, or were left out before it */
	bool is_cut;      /* the rest is left out */
};

static int
cut(const struct cutter *c, void *user, const char *text, int length,
    int (*take)(void *user, int flags, const char *token, int size, int start, int end))
{
	return c->methods.xTokenize(c->tokenizer, user, FTS5_TOKENIZE_AUX, text, length, take);
}

/* --- the words --- */

static int
take_word(void *user, int flags, const char *token, int size, int start, int end)
{
	(void)flags, (void)start, (void)end;
	struct words *w = user;
	if (w->count == MOST_WORDS || w->used + size > MOST_BYTES)
		return SQLITE_DONE;
	memcpy(w->bytes + w->used, token, (size_t)size);
	w->starts[w->count] = w->used;
	w->lengths[w->count++] = size;
	w->used += size;
	return SQLITE_OK;
}

/* A bit for each word that the token begins with. */
static unsigned
matches(const struct words *w, const char *token, int size)
{
	unsigned found = 0;
	for (int i = 0; i < w->count; i++)
		if (w->lengths[i] <= size &&
		    memcmp(w->bytes + w->starts[i], token, (size_t)w->lengths[i]) == 0)
			found |= 1u << i;
	return found;
}

/* --- choosing a text --- */

static int
look_at_token(void *user, int flags, const char *token, int size, int start, int end)
{
	(void)flags, (void)start, (void)end;
	struct text *t = user;
	unsigned found = matches(t->words, token, size);
	if (found && t->first < 0)
		t->first = t->position;
	t->seen |= found;
	t->position++;
	return SQLITE_OK;
}

static int
bits(unsigned n)
{
	int count = 0;
	for (; n; n &= n - 1)
		count++;
	return count;
}

/* --- copying it --- */

static void
copy_until(struct text *t, int end)
{
	sqlite3_str_append(t->out, t->bytes + t->copied, end - t->copied);
	t->copied = end;
}

static int
copy_token(void *user, int flags, const char *token, int size, int start, int end)
{
	(void)flags;
	struct text *t = user;
	int from = t->first > LEAD ? t->first - LEAD : 0, here = t->position++;
	if (here < from)
		return SQLITE_OK;
	if (here == from && from > 0) {
		sqlite3_str_appendall(t->out, "\xe2\x80\xa6");
		t->copied = start;
	}
	if (here == from + WINDOW) {
		sqlite3_str_appendall(t->out, "\xe2\x80\xa6");
		t->is_cut = true;
		return SQLITE_DONE;
	}
	copy_until(t, start);
	bool marked = matches(t->words, token, size) != 0;
	sqlite3_str_appendall(t->out, marked ? "\xc2\xab" : "");
	copy_until(t, end);
	sqlite3_str_appendall(t->out, marked ? "\xc2\xbb" : "");
	return SQLITE_OK;
}

static void
answer(sqlite3_context *context, const struct cutter *c, struct text *best)
{
	best->position = 0;
	best->out = sqlite3_str_new(sqlite3_context_db_handle(context));
	cut(c, best, best->bytes, best->length, copy_token);
	if (!best->is_cut)
		copy_until(best, best->length);
	int length = sqlite3_str_length(best->out);
	sqlite3_result_text(context, sqlite3_str_finish(best->out), length, sqlite3_free);
}

/* --- the function --- */

static struct text
read_text(const struct words *words, sqlite3_value *value)
{
	struct text t = {
	    .words = words, .bytes = (const char *)sqlite3_value_text(value), .first = -1};
	t.length = sqlite3_value_bytes(value);
	if (!t.bytes)
		t.bytes = "";
	return t;
}

static void
search_snippet(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const struct cutter *c = sqlite3_user_data(context);
	struct words words = {.count = 0};
	struct text best = {.words = &words, .bytes = "", .first = -1};
	if (argc < 2)
		return;
	const char *typed = (const char *)sqlite3_value_text(argv[0]);
	cut(c, &words, typed ? typed : "", sqlite3_value_bytes(argv[0]), take_word);
	for (int i = 1; i < argc; i++) {
		struct text t = read_text(&words, argv[i]);
		cut(c, &t, t.bytes, t.length, look_at_token);
		if (i == 1 || bits(t.seen) > bits(best.seen))
			best = t;
	}
	answer(context, c, &best);
}

/* --- setting it up --- */

static void
cutter_destroy(void *user)
{
	struct cutter *c = user;
	if (c->tokenizer)
		c->methods.xDelete(c->tokenizer);
	free(c);
}

int
search_snippet_register(sqlite3 *handle, fts5_api *api)
{
	static const char *settings[] = {"remove_diacritics", "2", "separators", "_."};
	void *user = NULL;
	struct cutter *c = calloc(1, sizeof *c);
	int result = c ? api->xFindTokenizer(api, "unicode61", &user, &c->methods) : SQLITE_NOMEM;
	if (result == SQLITE_OK)
		result = c->methods.xCreate(user, settings, 4, &c->tokenizer);
	if (result != SQLITE_OK) {
		free(c);
		return result;
	}
	return sqlite3_create_function_v2(handle, "search_snippet", -1,
					  SQLITE_UTF8 | SQLITE_DETERMINISTIC, c, search_snippet,
					  NULL, NULL, cutter_destroy);
}
