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

#include "typed_words.h"

enum { WINDOW = 16, LEAD = 5 };

/* One text, while it is read or copied. */
struct text {
	const struct typed_words *words;
	const char *bytes; /* not owned */
	size_t length;

	int position;  /* of the word in hand */
	uint32_t seen; /* a bit for each of the words that was met */
	int first;     /* position of the first match, or -1 */

	struct buf *out; /* while it is copied; else NULL */
	size_t copied;   /* bytes of the text that are in `out`, or were left out before it */
	bool is_cut;     /* the rest is left out */
};

/* --- choosing a text --- */

static bool
look_at_word(void *user, const struct cut_word *word)
{
	struct text *t = user;
	uint32_t found = typed_words_match(t->words, word);
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
	bool marked = typed_words_match(t->words, word) != 0;
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
	struct typed_words wanted;
	struct text best = {.words = &wanted, .bytes = "", .first = -1};
	typed_words_read(&wanted, c, words);
	for (size_t i = 0; i < count; i++) {
		struct text t = {.words = &wanted, .bytes = texts[i], .first = -1};
		t.length = strlen(t.bytes);
		words_cut(c, t.bytes, t.length, look_at_word, &t);
		if (i == 0 || bits(t.seen) > bits(best.seen))
			best = t;
	}
	return copy(c, &best, arena);
}
