/*
 * search.h -- ranked full text over names, descriptions, columns, tags, owners and domains.
 *
 * Words are matched by their beginning and all must match; case and accents do not count.  What
 * the user types is never read as query syntax.  Ranking is BM25 with all words weighing alike and
 * a name counting more than a column, over a bounded set of candidates.
 */
#ifndef WEFT_CATALOG_SEARCH_H
#define WEFT_CATALOG_SEARCH_H

#include "catalog/store.h"

struct search_hit {
	const char *name, *domain, *owner, *description, *version, *standing;
	const char *snippet; /* where it matched, the words between « and » */
	double score;        /* higher is better */
};

struct search_facet {
	const char *key; /* "domain", "owner", "classification", "tag", "status" */
	const char *value;
	uint64_t count;
};

struct search_result {
	struct search_hit *hits;
	size_t count;
	bool more;
	struct search_facet *facets; /* over the candidates: by key, then the most frequent first */
	size_t facet_count;
};

struct search_question {
	const char *words;  /* at most 1000 bytes */
	const char *domain; /* or NULL */
	size_t skip, limit;
};

/* Fails: ERR_MALFORMED when there is no word in `words`. */
enum err_code search(struct session *s, const struct search_question *question, struct arena *arena,
		     struct search_result *ret_result, struct err *e);

/* search_late -- how many documents the index does not know yet. */
enum err_code search_late(struct session *s, uint64_t *ret_count, struct err *e);

#endif
