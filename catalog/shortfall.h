/*
 * shortfall.h -- what falls short of the policies: the complaints about the versions in force, and
 * since when each of them has been raised without a gap.
 */
#ifndef WEFT_CATALOG_SHORTFALL_H
#define WEFT_CATALOG_SHORTFALL_H

#include "base/violation.h"
#include "catalog/store.h"

struct shortfall {
	const char *product, *domain, *owner;
	struct violation violation;
	uint32_t part;           /* 1, 2 ...: tells several complaints of one validation apart */
	moment since;            /* when it first fell short */
	uint64_t since_seq, seq; /* the events that found it first and last */
};

/* shortfall_list -- by product, policy and rule; NULL leaves a filter out. */
struct shortfall_filter {
	const char *product, *domain, *owner, *policy, *enforcement;
	const char *after; /* from shortfall_cursor() */
	size_t limit;
};
struct shortfall_list {
	struct shortfall *items;
	size_t count;
	bool more;
};
enum err_code shortfall_list(struct session *s, const struct shortfall_filter *filter,
			     struct arena *arena, struct shortfall_list *ret_list, struct err *e);
const char *shortfall_cursor(const struct shortfall *last, struct arena *arena);

/* shortfalls_of_product -- all of one. */
enum err_code shortfalls_of_product(struct session *s, const char *product, struct arena *arena,
				    struct shortfall_list *ret_list, struct err *e);

/* shortfalls_of_products -- all of several, at most SHORTFALL_PRODUCTS, by product. */
enum { SHORTFALL_PRODUCTS = 16 };
enum err_code shortfalls_of_products(struct session *s, const char *const *products, size_t count,
				     struct arena *arena, struct shortfall_list *ret_list,
				     struct err *e);

/* shortfall_counts -- how many of the filter's there are of each policy, domain and enforcement. */
struct shortfall_count {
	const char *policy, *domain, *enforcement;
	uint64_t count;
};
struct shortfall_counts {
	struct shortfall_count *items;
	size_t count;
};
enum err_code shortfall_counts(struct session *s, const struct shortfall_filter *filter,
			       struct arena *arena, struct shortfall_counts *ret_counts,
			       struct err *e);

/*
 * shortfalls_note -- what the judgement of the event `seq` makes of those before: the same
 * complaint keeps its `since`.  For who follows the log in memory, as the projection does in its
 * table.
 */
struct shortfall_list shortfalls_note(const struct shortfall_list *before,
				      const struct violations *found, uint64_t seq, moment time,
				      struct arena *arena);

#endif
