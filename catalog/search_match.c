/*
 * search_match.c -- the index's question, asked of one document.
 */
#include "search_match.h"

#include <string.h>

/* As the index weighs its columns: name, description, columns, tags, owner, domain (search.c). */
static const double weights[SEARCH_TEXTS] = {10.0, 2.0, 1.0, 4.0, 2.0, 2.0};
static const double K1 = 1.2; /* search_rank.c */

struct matching {
	const struct typed_words *typed;
	double weight;
	double counts[TYPED_MOST_WORDS];
};

static bool
count_word(void *user, const struct cut_word *word)
{
	struct matching *m = user;
	uint32_t found = typed_words_match(m->typed, word);
	for (size_t i = 0; found; i++, found >>= 1)
		if (found & 1)
			m->counts[i] += m->weight;
	return true;
}

bool
search_match(struct word_cutter *c, const struct typed_words *typed,
	     const struct texts_of_document *texts, double *ret_score)
{
	struct matching m = {.typed = typed};
	double score = 0;
	for (int i = 0; i < SEARCH_TEXTS; i++) {
		m.weight = weights[i];
		words_cut(c, texts->text[i], strlen(texts->text[i]), count_word, &m);
	}
	for (size_t i = 0; i < typed->count; i++) {
		if (m.counts[i] <= 0)
			return false;
		score += m.counts[i] * (K1 + 1) / (m.counts[i] + K1);
	}
	*ret_score = score;
	return typed->count > 0;
}
