/*
 * typed_words.h -- the words that somebody searches for, and which of them a document's word is.
 * Private to catalog/.
 *
 * A word is matched by its beginning; a single letter only by itself, since most texts hold words
 * that begin with any.  The indexes are asked in the same way (search_index.c).
 */
#ifndef WEFT_CATALOG_TYPED_WORDS_H
#define WEFT_CATALOG_TYPED_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "word_cutter.h"

enum { TYPED_MOST_WORDS = 32, TYPED_MOST_BYTES = 1024 };

struct typed_words {
	char bytes[TYPED_MOST_BYTES];
	size_t starts[TYPED_MOST_WORDS], lengths[TYPED_MOST_WORDS];
	size_t count, used;
};

/* typed_words_read -- what is more than fits is left out. */
void typed_words_read(struct typed_words *ret_words, struct word_cutter *c, const char *typed);

/* typed_words_match -- a bit for each of them that this one is. */
uint32_t typed_words_match(const struct typed_words *w, const struct cut_word *word);

bool typed_word_is_whole(size_t length); /* in bytes */

#endif
