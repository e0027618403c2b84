/*
 * impact_lines.c -- one JSON value a line (application/x-ndjson), or one answer.
 */
#include "impact_lines.h"

/* ---- lists ---- */

void
impact_listed_done(struct impact_listed *l)
{
	for (size_t i = 0; i < IMPACT_STATES; i++)
		buf_done(&l->of[i].items);
}

void
impact_listed_add(struct impact_listed *l, enum impact_state after, const char *item, size_t length)
{
	if (l->of[after].count >= l->most)
		return;
	if (l->of[after].count++ > 0)
		buf_char(&l->of[after].items, ',');
	buf_append(&l->of[after].items, item, length);
}

/* ---- a product ---- */

void
impact_write_product(const struct impact_finding *f, bool as_line, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	if (as_line)
		json_member_text(&j, "kind", "product");
	json_member_text(&j, "name", f->name);
	json_member_text(&j, "version", f->version);
	json_member_text(&j, "domain", f->product.domain);
	json_member_text(&j, "owner", f->product.owner);
	json_member_text(&j, "outcome", impact_change_name(f->product.before, f->product.after));
	json_member_text(&j, "before", impact_state_name(f->product.before));
	json_member_text(&j, "after", impact_state_name(f->product.after));
	if (f->grace_end)
		json_member_time(&j, "grace_end", f->grace_end);
	json_key(&j, "violations");
	violations_write(&f->complaints, &j);
	json_end_map(&j);
	if (as_line)
		buf_char(out, '\n');
}

/* ---- on the way ---- */

void
impact_write_progress(uint64_t done, uint64_t total, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "kind", "progress");
	json_member_int(&j, "done", (int64_t)done);
	json_member_int(&j, "total", (int64_t)total);
	json_end_map(&j);
	buf_char(out, '\n');
}

/* As a problem document says it: the status of the answer was sent long ago. */
void
impact_write_failure(const struct err *e, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "kind", "error");
	json_member_int(&j, "status", err_http_status(e->code));
	json_member_text(&j, "title", err_title(e->code));
	json_member_text(&j, "detail", e->message);
	json_end_map(&j);
	buf_char(out, '\n');
}

/* ---- the end ---- */

static void
write_compared(const struct impact_title *t, struct json *j)
{
	json_key(j, "compared_with");
	if (!t->before_version) {
		json_null(j);
		return;
	}
	json_begin_map(j);
	json_member_int(j, "version", (int64_t)t->before_version);
	json_member_text(j, "hash", t->before_hash);
	json_member_text(j, "enforcement", t->before_enforcement);
	json_end_map(j);
}

static void
write_title(const struct impact_title *t, struct json *j)
{
	json_member_text(j, "policy", t->policy);
	json_member_text(j, "hash", t->hash);
	json_member_text(j, "enforcement", t->enforcement);
	write_compared(t, j);
	json_member_text(j, "domain", t->domain);
	if (t->as_of) {
		json_member_time(j, "as_of", t->as_of);
		return;
	}
	json_key(j, "as_of");
	json_null(j);
}

void
impact_write_summary(const struct impact_title *title, struct impact_tally *tally, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "kind", "summary");
	write_title(title, &j);
	impact_tally_write(tally, &j);
	json_end_map(&j);
	buf_char(out, '\n');
}

static void
write_listed(const struct impact_listed *l, struct json *j)
{
	static const enum impact_state order[] = {IMPACT_REFUSED, IMPACT_WARNED, IMPACT_AUDITED,
						  IMPACT_CLEAR};
	json_key(j, "products");
	json_begin_list(j);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const struct buf *items = &l->of[order[i]].items;
		if (items->length > 0)
			json_raw(j, items->data, items->length);
	}
	json_end_list(j);
}

void
impact_write_whole(const struct impact_title *title, struct impact_tally *tally,
		   const struct impact_listed *listed, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	write_title(title, &j);
	impact_tally_write(tally, &j);
	write_listed(listed, &j);
	json_end_map(&j);
}
