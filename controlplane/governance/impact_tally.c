/*
 * impact_tally.c -- counts, and their tables with the worst first.
 */
#include "impact_tally.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 1000 };

struct impact_row {
	const char *name;
	struct impact_counts counts;
};

static const char *const state_names[IMPACT_STATES] = {
    [IMPACT_CLEAR] = "clear",
    [IMPACT_AUDITED] = "audited",
    [IMPACT_WARNED] = "warned",
    [IMPACT_REFUSED] = "refused",
};

const char *
impact_state_name(enum impact_state state)
{
	return state_names[state];
}

const char *
impact_change_name(enum impact_state before, enum impact_state after)
{
	if (before == after)
		return "unchanged";
	return after == IMPACT_CLEAR ? "cured" : state_names[after];
}

void
impact_tally_done(struct impact_tally *t)
{
	arena_done(&t->arena);
	*t = (struct impact_tally){0};
}

/* ---- counting ---- */

static struct impact_counts *
counts_of(struct impact_tally *t, struct map *rows, const char *name)
{
	rows->arena = &t->arena;
	struct impact_row *row = map_get(rows, name);
	if (!row) {
		row = ARENA_NEW(&t->arena, struct impact_row);
		row->name = arena_text(&t->arena, name);
		map_put(rows, row->name, row);
	}
	return &row->counts;
}

static void
count(struct impact_counts *c, const struct impact_product *p)
{
	c->products++;
	c->concerned += p->concerned;
	c->moves[p->before][p->after]++;
}

void
impact_tally_add(struct impact_tally *t, const struct impact_product *p)
{
	count(&t->all, p);
	count(counts_of(t, &t->domains, p->domain), p);
	count(counts_of(t, &t->owners, p->owner), p);
}

static void
add_counts(struct impact_counts *c, const struct impact_counts *from)
{
	c->products += from->products;
	c->concerned += from->concerned;
	for (size_t before = 0; before < IMPACT_STATES; before++)
		for (size_t after = 0; after < IMPACT_STATES; after++)
			c->moves[before][after] += from->moves[before][after];
}

static void
merge_rows(struct impact_tally *t, struct map *rows, const struct map *from)
{
	for (size_t i = 0; i < from->capacity; i++) {
		const struct impact_row *row = from->slots[i].value;
		if (from->slots[i].key)
			add_counts(counts_of(t, rows, row->name), &row->counts);
	}
}

void
impact_tally_merge(struct impact_tally *t, const struct impact_tally *from)
{
	add_counts(&t->all, &from->all);
	merge_rows(t, &t->domains, &from->domains);
	merge_rows(t, &t->owners, &from->owners);
}

/* ---- telling ---- */

/* How many get into this state that are not in it now. */
static uint64_t
come_to(const struct impact_counts *c, enum impact_state state)
{
	uint64_t n = 0;
	for (size_t before = 0; before < IMPACT_STATES; before++)
		n += before == state ? 0 : c->moves[before][state];
	return n;
}

static uint64_t
unchanged(const struct impact_counts *c)
{
	uint64_t n = 0;
	for (size_t state = 0; state < IMPACT_STATES; state++)
		n += c->moves[state][state];
	return n;
}

static void
write_counts(const struct impact_counts *c, struct json *j)
{
	json_member_int(j, "products", (int64_t)c->products);
	json_member_int(j, "concerned", (int64_t)c->concerned);
	json_member_int(j, "refused", (int64_t)come_to(c, IMPACT_REFUSED));
	json_member_int(j, "warned", (int64_t)come_to(c, IMPACT_WARNED));
	json_member_int(j, "audited", (int64_t)come_to(c, IMPACT_AUDITED));
	json_member_int(j, "cured", (int64_t)come_to(c, IMPACT_CLEAR));
	json_member_int(j, "unchanged", (int64_t)unchanged(c));
	json_member_int(j, "still_refused", (int64_t)c->moves[IMPACT_REFUSED][IMPACT_REFUSED]);
	json_member_int(j, "still_warned", (int64_t)c->moves[IMPACT_WARNED][IMPACT_WARNED]);
}

static int
by_number(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

/* Most refusals first, then most warnings, then most cures, then by name. */
static int
worst_first(const void *a, const void *b)
{
	const struct impact_row *const *x = a, *const *y = b;
	static const enum impact_state order[] = {IMPACT_REFUSED, IMPACT_WARNED, IMPACT_AUDITED,
						  IMPACT_CLEAR};
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		int found =
		    by_number(come_to(&(*x)->counts, order[i]), come_to(&(*y)->counts, order[i]));
		if (found)
			return found;
	}
	return strcmp((*x)->name, (*y)->name);
}

static void
write_rows(struct impact_tally *t, const struct map *rows, const char *key, const char *name,
	   struct json *j)
{
	const struct impact_row **sorted =
	    ARENA_ARRAY(&t->arena, const struct impact_row *, rows->count);
	size_t n = 0;
	for (size_t i = 0; i < rows->capacity; i++)
		if (rows->slots[i].key)
			sorted[n++] = rows->slots[i].value;
	if (n > 0)
		qsort(sorted, n, sizeof(struct impact_row *), worst_first);
	json_key(j, key);
	json_begin_list(j);
	for (size_t i = 0; i < n && i < MOST_ROWS; i++) {
		json_begin_map(j);
		json_member_text(j, name, sorted[i]->name);
		write_counts(&sorted[i]->counts, j);
		json_end_map(j);
	}
	json_end_list(j);
}

void
impact_tally_write(struct impact_tally *t, struct json *j)
{
	json_key(j, "totals");
	json_begin_map(j);
	write_counts(&t->all, j);
	json_end_map(j);
	write_rows(t, &t->domains, "by_domain", "domain", j);
	write_rows(t, &t->owners, "by_owner", "owner", j);
}
