/*
 * word_cutter.c -- the tokenizer that SQLite's full text brings along, taken out of an empty
 * database in memory.
 */
#include "word_cutter.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#include "search_rank.h"

struct word_cutter {
	sqlite3 *handle; /* lends the tokenizer */
	fts5_tokenizer methods;
	Fts5Tokenizer *tokenizer;
};

/* What goes wrong here is a SQLite that was built without full text: no Weft starts with it. */
struct word_cutter *
word_cutter_create(void)
{
	static const char *settings[] = {"remove_diacritics", "2", "separators", "_."};
	struct word_cutter *c = memory_alloc(sizeof *c);
	void *user = NULL;
	int result = sqlite3_open_v2(":memory:", &c->handle,
				     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	fts5_api *api = result == SQLITE_OK ? fts5_api_find(c->handle) : NULL;
	if (api)
		result = api->xFindTokenizer(api, "unicode61", &user, &c->methods);
	if (!api || result != SQLITE_OK ||
	    c->methods.xCreate(user, settings, 4, &c->tokenizer) != SQLITE_OK)
		abort();
	return c;
}

void
word_cutter_destroy(struct word_cutter *c)
{
	if (!c)
		return;
	c->methods.xDelete(c->tokenizer);
	int result = sqlite3_close(c->handle);
	assert(result == SQLITE_OK);
	(void)result;
	free(c);
}

struct taker {
	word_take_fn *take;
	void *user;
};

static int
pass_on(void *user, int flags, const char *token, int size, int start, int end)
{
	(void)flags;
	const struct taker *t = user;
	const struct cut_word word = {token, (size_t)size, (size_t)start, (size_t)end};
	return t->take(t->user, &word) ? SQLITE_OK : SQLITE_DONE;
}

void
words_cut(struct word_cutter *c, const char *text, size_t length, word_take_fn *take, void *user)
{
	struct taker t = {take, user};
	c->methods.xTokenize(c->tokenizer, &t, FTS5_TOKENIZE_AUX, text, (int)length, pass_on);
}
