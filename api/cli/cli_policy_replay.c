/*
 * cli_policy_replay.c -- weft policy replay: do past decisions come out the same once more?
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

#include "event_pages.h"
#include "listing.h"
#include "policy_verbs.h"
#include "replay.h"
#include "report.h"

// clang-format off
const struct flag policy_replay_flags[] = {
	{"since",   0, FLAG_TEXT, offsetof(struct policy_replay_flags, since),   "TIME|SEQ", "only decisions from then on: 2026-01-31, or the number of an event"},
	{"product", 0, FLAG_TEXT, offsetof(struct policy_replay_flags, product), "NAME",     "only those about this data product"},
	{0},
};
// clang-format on

static enum err_code
find_start(struct call *c, const char *since, uint64_t *ret_after, struct err *e)
{
	uint64_t end = 0, first = 1;
	moment t;
	if (!since)
		return ERR_OK;
	if (*since && since[strspn(since, "0123456789")] == '\0' && strlen(since) < 18) {
		first = strtoull(since, NULL, 10);
	} else if (clock_parse(since, &t)) {
		enum err_code code = replay_end(c, &end, e);
		if (!code)
			code = event_first_since(c, t, end, &first, e);
		if (code)
			return code;
	} else {
		return ERR(e, USAGE,
			   "--since '%s' is neither a time (2026-01-31, 2026-01-31T12:00:00Z) nor "
			   "the number of an event",
			   since);
	}
	*ret_after = first ? first - 1 : 0;
	return ERR_OK;
}

/* ---- as JSON */

static void
write_differences(const struct replay_report *r, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < r->difference_count; i++) {
		const struct replay_difference *d = &r->differences[i];
		json_begin_map(j);
		json_member_int(j, "event", (int64_t)d->event);
		json_member_text(j, "product", d->product);
		json_member_text(j, "policy", d->policy);
		json_member_text(j, "what", d->what);
		json_member_text(j, "recorded", d->recorded);
		json_member_text(j, "found", d->found);
		json_end_map(j);
	}
	json_end_list(j);
}

static void
write_reasons(const struct replay_report *r, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < r->reason_count; i++) {
		json_begin_map(j);
		json_member_text(j, "reason", r->reasons[i].text);
		json_member_int(j, "count", (int64_t)r->reasons[i].count);
		json_end_map(j);
	}
	json_end_list(j);
}

static void
show_json(struct call *c, const struct replay_report *r)
{
	struct json j = {.out = &c->page};
	json_begin_map(&j);
	json_member_int(&j, "decisions", (int64_t)r->decisions);
	json_member_int(&j, "agree", (int64_t)r->agree);
	json_member_int(&j, "disagree", (int64_t)r->disagree);
	json_member_int(&j, "not_judged", (int64_t)r->not_judged);
	json_key(&j, "reasons");
	write_reasons(r, &j);
	json_key(&j, "differences");
	write_differences(r, &j);
	json_member_int(&j, "left_out", (int64_t)r->left_out);
	json_end_map(&j);
	buf_char(&c->page, '\n');
}

/* ---- for people */

static void
show_differences(struct call *c, const struct replay_report *r)
{
	static const char *const headers[] = {"EVENT", "PRODUCT",  "POLICY",
					      "WHAT",  "RECORDED", "FOUND"};
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	for (size_t i = 0; i < r->difference_count; i++) {
		const struct replay_difference *d = &r->differences[i];
		table_cell(&t, arena_printf(c->arena, "%" PRIu64, d->event));
		table_cell(&t, d->product);
		table_cell(&t, d->policy);
		table_cell(&t, d->what);
		table_cell(&t, d->recorded);
		table_painted(&t, RED, d->found);
	}
	if (r->difference_count)
		table_write(&t, &c->out, &c->page);
	if (r->left_out)
		note(c, "and %zu further differences", r->left_out);
}

static void
show_summary(struct call *c, const struct replay_report *r)
{
	buf_printf(
	    &c->page,
	    "%s, %" PRIu64 " agree, %" PRIu64 " disagree, %" PRIu64 " cannot be judged again",
	    counted(c->arena, r->decisions, "decision"), r->agree, r->disagree, r->not_judged);
	for (size_t i = 0; i < r->reason_count; i++) {
		buf_text(&c->page, i ? "; " : " (");
		paint(&c->out, &c->page, PLAIN, r->reasons[i].text);
		if (r->reason_count > 1)
			buf_printf(&c->page, ": %" PRIu64, r->reasons[i].count);
	}
	buf_text(&c->page, r->reason_count ? ")\n" : "\n");
}

enum err_code
cli_policy_replay(struct call *c, struct err *e)
{
	const struct policy_replay_flags *flags = c->flags;
	struct replay_question question = {.product = flags->product};
	struct replay_report report;
	enum err_code code = find_start(c, flags->since, &question.after, e);
	if (!code)
		code = replay_decisions(c, &question, &report, e);
	if (code)
		return code;
	if (c->json) {
		show_json(c, &report);
	} else {
		show_differences(c, &report);
		show_summary(c, &report);
	}
	return report.disagree ? call_told(ERR_REFUSED, e) : ERR_OK;
}
