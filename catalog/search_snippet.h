/*
 * search_snippet.h -- where the words of a search stand in a document.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_SEARCH_SNIPPET_H
#define WEFT_CATALOG_SEARCH_SNIPPET_H

#include "base/arena.h"

#include "word_cutter.h"

/*
 * search_snippet -- of the text that has the most of the words, the 16 words around the first
 * match, each match between « and ».  `words` is what the user typed.
 */
const char *search_snippet(struct word_cutter *c, const char *words, const char *const *texts,
			   size_t count, struct arena *arena);

#endif
