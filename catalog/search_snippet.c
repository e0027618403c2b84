/*
 * search_snippet.c -- where the words of a search stand in a document, marked with « and ».
 *
 * FTS5's own snippet() belongs to a running query of the index.  This function needs the texts
 * alone, and cuts them into words as the index does, so that both agree on what a word is and on
 * case and accents.  Of several texts it takes the one that has the most of the words, of that the
 * 16 words around the first match.
 */
#include "search_snippet.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#include "search_index.h"

enum { MOST_WORDS = 32, MOST_BYTES = 1024, WINDOW = 16, LEAD = 5 };

/* The words of the search, folded. */
struct words {
	char bytes[MOST_BYTES];
	size_t starts[MOST_WORDS], lengths[MOST_WORDS];
	size_t count, used;
};

/* One text, while it is read or copied. */
struct text {
	const struct words *words;
	const char *bytes; /* not owned */
	size_t length;

	int position;  /* of the word in hand */
	uint32_t seen; /* a bit for each of the words that was met */
	int first;     /* position of the first match, or -1 */

	struct buf *out; /* while it is copied; else NULL */
	size_t copied;   /* bytes of the text that are in `out`, or were left out before it */
	bool is_cut;     /* the rest is left out */
};

/* --- the words --- */

static bool
take_word(void *user, const struct cut_word *word)
{
	struct words *w = user;
	if (w->count == MOST_WORDS || w->used + word->length > MOST_BYTES)
		return false;
	memcpy(w->bytes + w->used, word->word, word->length);
	w->starts[w->count] = w->used;
	w->lengths[w->count++] = word->length;
	w->used += word->length;
	return true;
}

/* Is it a match for what was typed, as the index takes it? */
static bool
is_match(const char *typed, size_t length, const struct cut_word *word)
{
	return (word_is_whole(length) ? length == word->length : length <= word->length) &&
	       memcmp(typed, word->word, length) == 0;
}

/* A bit for each of the words that this one matches. */
static uint32_t
matches(const struct words *w, const struct cut_word *word)
{
	uint32_t found = 0;
	for (size_t i = 0; i < w->count; i++)
		if (is_match(w->bytes + w->starts[i], w->lengths[i], word))
			found |= UINT32_C(1) << i;
	return found;
}

/* --- choosing a text --- */

static bool
look_at_word(void *user, const struct cut_word *word)
{
	struct text *t = user;
	uint32_t found = matches(t->words, word);
	if (found && t->first < 0)
		t->first = t->position;
	t->seen |= found;
	t->position++;
	return true;
}

static int
bits(uint32_t n)
{
	int count = 0;
	for (; n; n &= n - 1)
		count++;
	return count;
}

/* --- copying it --- */

static void
copy_until(struct text *t, size_t end)
{
	buf_append(t->out, t->bytes + t->copied, end - t->copied);
	t->copied = end;
}

static bool
copy_word(void *user, const struct cut_word *word)
{
	struct text *t = user;
	int from = t->first > LEAD ? t->first - LEAD : 0, here = t->position++;
	if (here < from)
		return true;
	if (here == from && from > 0) {
		buf_text(t->out, "\xe2\x80\xa6");
		t->copied = word->start;
	}
	if (here == from + WINDOW) {
		buf_text(t->out, "\xe2\x80\xa6");
		t->is_cut = true;
		return false;
	}
	copy_until(t, word->start);
	bool marked = matches(t->words, word) != 0;
	buf_text(t->out, marked ? "\xc2\xab" : "");
	copy_until(t, word->end);
	buf_text(t->out, marked ? "\xc2\xbb" : "");
	return true;
}

static const char *
copy(struct word_cutter *c, struct text *best, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = {0};
	best->position = 0;
	best->out = &out;
	words_cut(c, best->bytes, best->length, copy_word, best);
	if (!best->is_cut)
		copy_until(best, best->length);
	return arena_bytes(arena, out.data ? out.data : "", out.length);
}

const char *
search_snippet(struct word_cutter *c, const char *words, const char *const *texts, size_t count,
	       struct arena *arena)
{
	struct words wanted = {.count = 0};
	struct text best = {.words = &wanted, .bytes = "", .first = -1};
	words_cut(c, words, strlen(words), take_word, &wanted);
	for (size_t i = 0; i < count; i++) {
		struct text t = {.words = &wanted, .bytes = texts[i], .first = -1};
		t.length = strlen(t.bytes);
		words_cut(c, t.bytes, t.length, look_at_word, &t);
		if (i == 0 || bits(t.seen) > bits(best.seen))
			best = t;
	}
	return copy(c, &best, arena);
}
