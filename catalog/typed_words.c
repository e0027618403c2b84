/*
 * typed_words.c -- cut once, compared often.
 */
#include "typed_words.h"

#include <string.h>

static bool
take_word(void *user, const struct cut_word *word)
{
	struct typed_words *w = user;
	if (w->count == TYPED_MOST_WORDS || w->used + word->length > TYPED_MOST_BYTES)
		return false;
	memcpy(w->bytes + w->used, word->word, word->length);
	w->starts[w->count] = w->used;
	w->lengths[w->count++] = word->length;
	w->used += word->length;
	return true;
}

void
typed_words_read(struct typed_words *ret_words, struct word_cutter *c, const char *typed)
{
	ret_words->count = ret_words->used = 0;
	words_cut(c, typed, strlen(typed), take_word, ret_words);
}

bool
typed_word_is_whole(size_t length)
{
	return length == 1;
}

static bool
is_match(const char *typed, size_t length, const struct cut_word *word)
{
	return (typed_word_is_whole(length) ? length == word->length : length <= word->length) &&
	       memcmp(typed, word->word, length) == 0;
}

uint32_t
typed_words_match(const struct typed_words *w, const struct cut_word *word)
{
	uint32_t found = 0;
	for (size_t i = 0; i < w->count; i++)
		if (is_match(w->bytes + w->starts[i], w->lengths[i], word))
			found |= UINT32_C(1) << i;
	return found;
}
