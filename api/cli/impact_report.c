/*
 * impact_report.c -- tables, the worst first; what nothing happens to is only counted.
 */
#include "impact_report.h"

#include <string.h>

#include "client.h"
#include "listing.h"
#include "progress_bar.h"

enum { MOST_ROWS = 20 };

static const char *const outcomes[IMPACT_OUTCOMES] = {"refused", "warned", "audited", "cured"};

static const struct node *
keep(struct impact_report *r, const struct buf *text)
{
	struct node *kept = ARENA_NEW(r->arena, struct node);
	struct err ignored; /* it was read already */
	document_read(DOCUMENT_JSON, text->data, text->length, &client_limits, r->arena, kept,
		      &ignored);
	return kept;
}

static void
add_product(struct impact_report *r, size_t outcome, const struct buf *text)
{
	if (++r->products[outcome].found > r->most)
		return;
	r->products[outcome].items =
	    arena_grow(r->arena, r->products[outcome].items, r->products[outcome].count,
		       &r->products[outcome].capacity, sizeof(struct node *));
	r->products[outcome].items[r->products[outcome].count++] = keep(r, text);
}

void
impact_report_add(struct impact_report *r, const struct node *line, const struct buf *text)
{
	const char *kind = node_text(line, "kind", ""), *outcome = node_text(line, "outcome", "");
	if (strcmp(kind, "summary") == 0)
		r->summary = keep(r, text);
	for (size_t i = 0; i < IMPACT_OUTCOMES; i++)
		if (strcmp(outcomes[i], outcome) == 0)
			add_product(r, i, text);
}

static uint64_t
count_of(const struct node *counts, const char *key)
{
	return (uint64_t)node_int(counts, key, 0);
}

/* ---- tables ---- */

static const char *
number(struct arena *arena, uint64_t n)
{
	CLEANUP(buf_done) struct buf b = {0};
	number_grouped(&b, n);
	return arena_bytes(arena, b.data, b.length);
}

static void
number_cell(struct table *t, const struct node *counts, const char *key)
{
	uint64_t n = count_of(counts, key);
	table_painted(t, n ? paint_of_word(key) : DIM, number(t->arena, n));
}

/* What they are called in the mesh, and how many stay as they are. */
static void
write_title(const struct impact_report *r, struct call *c)
{
	const struct node *before = node_get(r->summary, "compared_with");
	bool is_new = !before || before->kind == NODE_NULL;
	paint(&c->out, &c->page, BOLD, node_text(r->summary, "policy", ""));
	buf_text(&c->page, "  as ");
	const char *enforcement = node_text(r->summary, "enforcement", "");
	paint(&c->out, &c->page, paint_of_word(enforcement), enforcement);
	if (is_new)
		buf_text(&c->page, ", a new policy");
	else
		buf_printf(&c->page, ", compared with version %lld in force (%s)",
			   (long long)node_int(before, "version", 0),
			   node_text(before, "enforcement", ""));
	if (node_text(r->summary, "as_of", NULL))
		buf_printf(&c->page, ", as of %s",
			   time_shown(c->arena, node_text(r->summary, "as_of", "")));
	buf_text(&c->page, "\n\n");
}

static void
write_totals(const struct impact_report *r, struct call *c)
{
	static const char *const headers[] = {"PRODUCTS", "CONCERNED", "REFUSED",  "WARNED",
					      "AUDITED",  "CURED",     "UNCHANGED"};
	static const char *const keys[] = {"products", "concerned", "refused",  "warned",
					   "audited",  "cured",     "unchanged"};
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	const struct node *totals = node_get(r->summary, "totals");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		number_cell(&t, totals, keys[i]);
	table_write(&t, &c->out, &c->page);
	uint64_t refused = count_of(totals, "still_refused"),
		 warned = count_of(totals, "still_warned");
	if (refused + warned > 0)
		buf_printf(&c->page, "of those that are unchanged %s stay refused, %s warned\n",
			   number(c->arena, refused), number(c->arena, warned));
}

static bool
has_changes(const struct node *counts)
{
	return count_of(counts, "unchanged") < count_of(counts, "products");
}

static void
write_rows(const struct impact_report *r, struct call *c, const char *list, const char *key,
	   const char *header)
{
	const char *const headers[] = {header,    "PRODUCTS", "REFUSED",  "WARNED",
				       "AUDITED", "CURED",    "UNCHANGED"};
	static const char *const keys[] = {"products", "refused", "warned",
					   "audited",  "cured",   "unchanged"};
	const struct node *rows = node_get(r->summary, list);
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	size_t shown = 0, changed = 0;
	for (uint32_t i = 0; rows && rows->kind == NODE_LIST && i < rows->count; i++) {
		if (!has_changes(&rows->items[i]) || ++changed > MOST_ROWS)
			continue;
		shown++;
		table_cell(&t, node_text(&rows->items[i], key, ""));
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			number_cell(&t, &rows->items[i], keys[k]);
	}
	if (shown == 0)
		return;
	buf_char(&c->page, '\n');
	table_write(&t, &c->out, &c->page);
	if (changed > shown)
		buf_printf(&c->page, "and %zu more\n", changed - shown);
}

/* "4:8" in the document as it was published. */
static const char *
place_of(const struct node *violation, struct arena *arena)
{
	int64_t line = node_int(violation, "line", 0);
	return line ? arena_printf(arena, "%lld:%lld", (long long)line,
				   (long long)node_int(violation, "column", 0))
		    : node_text(violation, "pointer", "");
}

static void
product_row(struct table *t, const struct node *product)
{
	const struct node *violations = node_get(product, "violations");
	const struct node *first = violations && violations->kind == NODE_LIST && violations->count
				       ? violations->items
				       : NULL;
	const char *outcome = node_text(product, "outcome", "");
	table_painted(t, paint_of_word(outcome), outcome);
	table_painted(t, BOLD, node_text(product, "name", ""));
	table_cell(t, node_text(product, "version", ""));
	table_cell(t, node_text(product, "domain", ""));
	table_cell(t, node_text(product, "owner", ""));
	table_cell(t, place_of(first, t->arena));
	table_cell(t, node_text(first, "message", ""));
}

static void
write_products(const struct impact_report *r, struct call *c)
{
	static const char *const headers[] = {"OUTCOME", "NAME", "VERSION", "DOMAIN",
					      "OWNER",   "AT",   "WHY"};
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	size_t found = 0, shown = 0;
	for (size_t i = 0; i < IMPACT_OUTCOMES; i++) {
		for (size_t k = 0; k < r->products[i].count; k++)
			product_row(&t, r->products[i].items[k]);
		found += r->products[i].found;
		shown += r->products[i].count;
	}
	if (shown == 0)
		return;
	buf_char(&c->page, '\n');
	table_write(&t, &c->out, &c->page);
	if (found > shown)
		buf_printf(&c->page, "and %s more; --limit N shows more of each\n",
			   number(c->arena, found - shown));
}

void
impact_report_write(const struct impact_report *r, struct call *c)
{
	write_title(r, c);
	write_totals(r, c);
	write_rows(r, c, "by_domain", "domain", "DOMAIN");
	write_rows(r, c, "by_owner", "owner", "OWNER");
	write_products(r, c);
}
