/*
 * word_cutter.h -- texts cut into words, folded to what is searched for.  Private to catalog/.
 *
 * The words are those of the full-text index (FTS5's unicode61, set up as sql/0004_search.sql
 * does):
 * `_` and `.` separate words, case and accents do not count.  It needs no database, so that every
 * store finds the same words in the same texts.  Used by one thread at a time.
 */
#ifndef WEFT_CATALOG_WORD_CUTTER_H
#define WEFT_CATALOG_WORD_CUTTER_H

#include <stdbool.h>
#include <stddef.h>

struct word_cutter;

struct word_cutter *word_cutter_create(void);
void word_cutter_destroy(struct word_cutter *c);

/*
 * words_cut -- the words in order, until `take` gives false.  `word` is folded and borrowed; in the
 * text it stands from `start` to before `end`.
 */
struct cut_word {
	const char *word;
	size_t length;
	size_t start, end;
};
typedef bool word_take_fn(void *user, const struct cut_word *word);
void words_cut(struct word_cutter *c, const char *text, size_t length, word_take_fn *take,
	       void *user);

#endif
