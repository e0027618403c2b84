/*
 * shortfall.c -- reading what falls short: lists, counts, and the same in memory.
 */
#include "shortfall.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shortfall_parts.h"
#include "store_parts.h"

/* --- which are kept --- */

size_t
shortfalls_kept(const struct violations *found)
{
	return found->count < VIOLATIONS_MOST_WRITTEN ? found->count : VIOLATIONS_MOST_WRITTEN;
}

static const char *
rule_of(const struct violation *v)
{
	return v->rule ? v->rule : v->policy;
}

static bool
is_of_same_rule(const struct violation *a, const struct violation *b)
{
	return a->policy && b->policy && strcmp(a->policy, b->policy) == 0 &&
	       strcmp(rule_of(a), rule_of(b)) == 0;
}

uint32_t
shortfall_part(const struct violations *found, size_t index)
{
	uint32_t part = 1;
	for (size_t i = 0; i < index; i++)
		part += is_of_same_rule(&found->items[i], &found->items[index]);
	return part;
}

/* --- in memory --- */

static const struct shortfall *
find_same(const struct shortfall_list *list, const struct shortfall *wanted)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].part == wanted->part &&
		    is_of_same_rule(&list->items[i].violation, &wanted->violation))
			return &list->items[i];
	return NULL;
}

struct shortfall_list
shortfalls_note(const struct shortfall_list *before, const struct violations *found, uint64_t seq,
		moment time, struct arena *arena)
{
	const size_t kept = shortfalls_kept(found);
	struct shortfall_list list = {.items = ARENA_ARRAY(arena, struct shortfall, kept)};
	for (size_t i = 0; i < kept; i++) {
		struct shortfall next = {.violation = found->items[i],
					 .part = shortfall_part(found, i),
					 .since = time,
					 .since_seq = seq,
					 .seq = seq};
		const struct shortfall *same = find_same(before, &next);
		if (!next.violation.policy)
			continue;
		if (same) {
			next.since = same->since;
			next.since_seq = same->since_seq;
		}
		list.items[list.count++] = next;
	}
	return list;
}

/* --- lists --- */

#define COLUMNS                                                                                    \
	"product, policy, rule, part, domain, owner, pointer, enforcement, message, line, col,"    \
	" suggestion, since, since_seq, grace_end, seq"
#define FILTER                                                                                     \
	" ($1 IS NULL OR domain = $1) AND ($2 IS NULL OR owner = $2)"                              \
	" AND ($3 IS NULL OR policy = $3) AND ($4 IS NULL OR enforcement = $4)"
#define BEHIND " AND (product, policy, rule, part) > ($6, $7, $8, $9)"
#define LIST(lead)                                                                                 \
	"SELECT " COLUMNS " FROM violations WHERE" lead FILTER BEHIND                              \
	" ORDER BY product, policy, rule, part LIMIT $10"

enum { LEAD_ALL, LEAD_PRODUCT, LEAD_POLICY, LEAD_DOMAIN };

static int
lead_of(const struct shortfall_filter *f)
{
	return f->product  ? LEAD_PRODUCT
	       : f->policy ? LEAD_POLICY
	       : f->domain ? LEAD_DOMAIN
			   : LEAD_ALL;
}

static const char *const lists[] = {
    [LEAD_ALL] = LIST(""),
    [LEAD_PRODUCT] = LIST(" product = $5 AND"),
    [LEAD_POLICY] = LIST(" policy = $3 AND"),
    [LEAD_DOMAIN] = LIST(" domain = $1 AND"),
};

/* "PRODUCT POLICY PART RULE": only a rule's name may have blanks. */
const char *
shortfall_cursor(const struct shortfall *last, struct arena *arena)
{
	return arena_printf(arena, "%s %s %u %s", last->product, last->violation.policy,
			    (unsigned)last->part, last->violation.rule);
}

struct behind {
	const char *product, *policy, *rule;
	unsigned part;
};

/* Up to the next blank, which is taken as well; NULL when there is none. */
static const char *
next_word(char **rest)
{
	char *word = *rest, *end = word ? strchr(word, ' ') : NULL;
	*rest = end ? end + 1 : NULL;
	if (!end)
		return NULL;
	*end = '\0';
	return word;
}

static enum err_code
read_cursor(const char *after, struct arena *arena, struct behind *ret_behind, struct err *e)
{
	struct behind b = {"", "", "", 0};
	if (after) {
		char *rest = arena_text(arena, after);
		b.product = next_word(&rest);
		b.policy = next_word(&rest);
		const char *part = next_word(&rest);
		if (!part || strlen(part) > 9 || !*part || part[strspn(part, "0123456789")])
			return ERR(e, MALFORMED, "the cursor is not one of this list");
		b.part = (unsigned)strtoul(part, NULL, 10);
		b.rule = rest;
	}
	*ret_behind = b;
	return ERR_OK;
}

static struct shortfall
shortfall_of_row(const struct query *q, struct arena *arena)
{
	return (struct shortfall){
	    .product = db_column_text(q, 0, arena),
	    .part = (uint32_t)db_column_int(q, 3),
	    .domain = db_column_text(q, 4, arena),
	    .owner = db_column_text(q, 5, arena),
	    .violation =
		{
		    .policy = db_column_text(q, 1, arena),
		    .rule = db_column_text(q, 2, arena),
		    .pointer = db_column_text(q, 6, arena),
		    .enforcement = db_column_text(q, 7, arena),
		    .message = db_column_text(q, 8, arena),
		    .at = {(uint32_t)db_column_int(q, 9), (uint32_t)db_column_int(q, 10)},
		    .suggestion = db_column_text(q, 11, arena),
		    .grace_end = db_column_int(q, 14),
		},
	    .since = db_column_int(q, 12),
	    .since_seq = (uint64_t)db_column_int(q, 13),
	    .seq = (uint64_t)db_column_int(q, 15),
	};
}

static enum err_code
begin_list(struct session *s, const struct shortfall_filter *f, const struct behind *b,
	   struct query *q, struct err *e)
{
	return db_query(s->db, lists[lead_of(f)],
			DB_ARGS(db_text(f->domain), db_text(f->owner), db_text(f->policy),
				db_text(f->enforcement), db_text(f->product), db_text(b->product),
				db_text(b->policy), db_text(b->rule), db_int(b->part),
				db_int((int64_t)f->limit + 1)),
			q, e);
}

enum err_code
shortfall_list(struct session *s, const struct shortfall_filter *f, struct arena *arena,
	       struct shortfall_list *ret_list, struct err *e)
{
	struct shortfall_list list = {0};
	struct behind behind = {0};
	size_t capacity = 0;
	CHECK(read_cursor(f->after, arena, &behind, e));
	CLEANUP(query_close) struct query q = {0};
	CHECK(begin_list(s, f, &behind, &q, e));
	while (list.count < f->limit && db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = shortfall_of_row(&q, arena);
	}
	list.more = list.count == f->limit && db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

enum err_code
shortfalls_of_product(struct session *s, const char *product, struct arena *arena,
		      struct shortfall_list *ret_list, struct err *e)
{
	const struct shortfall_filter all = {.product = product, .limit = VIOLATIONS_MOST_WRITTEN};
	return shortfall_list(s, &all, arena, ret_list, e);
}

enum err_code
shortfalls_of_products(struct session *s, const char *const *products, size_t count,
		       struct arena *arena, struct shortfall_list *ret_list, struct err *e)
{
	static const char sql[] = "SELECT " COLUMNS " FROM violations WHERE product IN ($1, $2,"
				  " $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
				  " ORDER BY product, policy, rule, part";
	struct db_value values[SHORTFALL_PRODUCTS];
	struct shortfall_list list = {0};
	size_t capacity = 0;
	assert(count <= SHORTFALL_PRODUCTS);
	for (size_t i = 0; i < SHORTFALL_PRODUCTS; i++)
		values[i] = db_text(i < count ? products[i] : NULL);
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, (struct db_args){values, SHORTFALL_PRODUCTS}, &q, e));
	while (db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = shortfall_of_row(&q, arena);
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

/* --- counts --- */

#define COUNT(number, from)                                                                        \
	"SELECT policy, domain, enforcement, " number " FROM " from " AND" FILTER                  \
	" GROUP BY policy, domain, enforcement ORDER BY policy, domain, enforcement"

/* A product's rows are few; those of all products have been counted when they were written. */
static const char count_of_product[] = COUNT("count(*)", "violations WHERE product = $5"),
		  count_of_all[] = COUNT("sum(count)", "violation_counts WHERE count <> 0");

enum err_code
shortfall_counts(struct session *s, const struct shortfall_filter *f, struct arena *arena,
		 struct shortfall_counts *ret_counts, struct err *e)
{
	struct shortfall_counts list = {0};
	size_t capacity = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, f->product ? count_of_product : count_of_all,
		       DB_ARGS(db_text(f->domain), db_text(f->owner), db_text(f->policy),
			       db_text(f->enforcement), db_text(f->product)),
		       &q, e));
	while (db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = (struct shortfall_count){
		    db_column_text(&q, 0, arena), db_column_text(&q, 1, arena),
		    db_column_text(&q, 2, arena), (uint64_t)db_column_int(&q, 3)};
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_counts = list;
	return ERR_OK;
}
