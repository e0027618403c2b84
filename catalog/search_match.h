/*
 * search_match.h -- does a document match what somebody typed, and how well?  For documents that
 * the index does not know yet.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_SEARCH_MATCH_H
#define WEFT_CATALOG_SEARCH_MATCH_H

#include "search_index.h"
#include "typed_words.h"

/*
 * search_match -- all of the words, in any of the texts.  The score is that of the index for a
 * document of average length (search_rank.c).
 */
bool search_match(struct word_cutter *c, const struct typed_words *typed,
		  const struct texts_of_document *texts, double *ret_score);

#endif
