/*
 * coverage_report.c -- first the lines with what was never seen, then the table of parts.
 */
#include "coverage_report.h"

#include <string.h>

#include "base/yaml_text.h"

#include "report.h"
#include "sending.h"
#include "table.h"

unsigned
coverage_percent(const struct policy_coverage *c)
{
	return c->sides ? (unsigned)(100 * c->seen / c->sides) : 100;
}

/* ---- what was never seen ---- */

/* One side of a branch that no case took. */
struct gap {
	const struct covered_expression *in;
	const struct covered_branch *branch; /* NULL: the expression was never worked out */
	const char *what;                    /* "never true" */
};

struct gaps {
	struct gap *items;
	size_t count, capacity;
};

static void
add_gap(struct arena *arena, struct gaps *all, const struct covered_expression *in,
	const struct covered_branch *branch, const char *what)
{
	all->items = arena_grow(arena, all->items, all->count, &all->capacity, sizeof *all->items);
	all->items[all->count++] = (struct gap){in, branch, what};
}

/* What is part of what was never reached is not told by itself. */
static bool
is_within_unreached(const struct covered_expression *in, size_t number)
{
	const struct covered_branch *b = &in->branches[number];
	for (size_t i = 0; i < number; i++) {
		const struct covered_branch *around = &in->branches[i];
		if (around->start <= b->start && b->end <= around->end && !around->times_true &&
		    !around->times_false)
			return true;
	}
	return false;
}

static struct gaps
find_gaps(struct arena *arena, const struct policy_coverage *c)
{
	struct gaps all = {0};
	for (size_t i = 0; i < c->count; i++) {
		const struct covered_expression *in = &c->items[i];
		if (in->runs == 0) {
			add_gap(arena, &all, in, NULL, "never evaluated");
			continue;
		}
		for (size_t k = 0; k < in->count; k++) {
			const struct covered_branch *b = &in->branches[k];
			if (is_within_unreached(in, k))
				continue;
			if (!b->times_true && !b->times_false)
				add_gap(arena, &all, in, b,
					b->times_failed ? "never true or false, only failed"
							: "never evaluated");
			else if (!b->times_true)
				add_gap(arena, &all, in, b, "never true");
			else if (!b->times_false)
				add_gap(arena, &all, in, b, "never false");
		}
	}
	return all;
}

/* The texts of the policy's file; none of one that has another one's expressions. */
struct file_texts {
	struct yaml_text *items;
	size_t count;
};

static struct file_texts
texts_of(struct call *c, const struct offline_rule *rule)
{
	struct file_texts t = {0};
	struct err ignored;
	if (!strstr(rule->file.media_type, "json") && !policy_tightens(rule->policy))
		yaml_texts(rule->file.text, rule->file.length, c->arena, &t.items, &t.count,
			   &ignored);
	return t;
}

static struct position
place_of(const struct offline_rule *rule, const struct file_texts *texts, const struct gap *g)
{
	const struct yaml_text *t = yaml_text_find(texts->items, texts->count, g->in->pointer);
	if (!t)
		return (struct position){0};
	size_t end = yaml_text_place(t, rule->file.text, g->branch ? g->branch->start : 0);
	return yaml_position(rule->file.text, end);
}

static const char *
text_of_gap(struct arena *arena, const struct gap *g)
{
	if (!g->branch)
		return g->in->name;
	return arena_printf(arena, "%.200s", g->branch->text);
}

static void
write_gaps(struct call *c, const struct studied *s)
{
	struct gaps gaps = find_gaps(c->arena, s->coverage);
	struct file_texts texts = texts_of(c, s->rule);
	const struct source source = {s->rule->file.name, s->rule->file.text, s->rule->file.length};
	for (size_t i = 0; i < gaps.count; i++) {
		const struct gap *g = &gaps.items[i];
		const struct violation v = {
		    .rule = "coverage",
		    .enforcement = "warn",
		    .message = arena_printf(c->arena, "%s: %s", g->what, text_of_gap(c->arena, g)),
		    .at = place_of(s->rule, &texts, g),
		};
		report_violation(&c->out, &source, &v, &c->page);
		buf_char(&c->page, '\n');
	}
}

/* ---- what it depends on ---- */

static const char *
changed_of_tried(struct arena *arena, const struct mutated *part, enum mutation how)
{
	uint32_t changed = part->by[how].refused + part->by[how].passed;
	return part->by[how].tried ? arena_printf(arena, "%u of %u", changed, part->by[how].tried)
				   : "";
}

static void
add_part(struct call *c, struct table *t, const struct mutated *part)
{
	bool matters = mutated_matters(part);
	table_painted(t, matters ? BOLD : DIM, part->path);
	for (int how = 0; how < MUTATIONS; how++)
		table_painted(t, matters ? PLAIN : DIM,
			      changed_of_tried(c->arena, part, (enum mutation)how));
	table_painted(t, matters ? GREEN : DIM, matters ? "yes" : "no");
	table_painted(t, DIM, part->example);
}

static void
write_parts(struct call *c, const struct mutations *m)
{
	static const char *const headers[] = {"PART",    "REMOVED", "EMPTIED",
					      "NEGATED", "MATTERS", "FOR EXAMPLE IN"};
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	for (int matters = 1; matters >= 0; matters--)
		for (size_t i = 0; i < m->count; i++)
			if (mutated_matters(&m->items[i]) == matters)
				add_part(c, &t, &m->items[i]);
	if (m->count)
		table_write(&t, &c->out, &c->page);
}

/* Is it the path, or within what it leads to? */
static bool
is_at_or_below(const char *path, const char *top)
{
	size_t length = strlen(top);
	return strncmp(path, top, length) == 0 && (!path[length] || strchr(".[", path[length]));
}

/* NULL when some test notices a change there. */
static const char *
why_unnoticed(const struct mutations *m, const char *look)
{
	bool is_there = false;
	for (size_t i = 0; i < m->count; i++) {
		if (!is_at_or_below(m->items[i].path, look))
			continue;
		is_there = true;
		if (mutated_matters(&m->items[i]))
			return NULL;
	}
	return is_there ? "no test notices when it changes" : "no test has it";
}

static void
write_unnoticed(struct call *c, const struct studied *s)
{
	for (size_t i = 0; i < s->look_count; i++) {
		const char *why = why_unnoticed(s->mutations, s->looks[i]);
		if (!why)
			continue;
		paint(&c->out, &c->page, YELLOW, "looked at, but ");
		paint(&c->out, &c->page, YELLOW, why);
		buf_text(&c->page, ": ");
		paint(&c->out, &c->page, BOLD, s->looks[i]);
		buf_char(&c->page, '\n');
	}
}

void
coverage_report_write(struct call *c, const struct studied *s)
{
	unsigned percent = coverage_percent(s->coverage);
	buf_char(&c->page, '\n');
	paint(&c->out, &c->page, BOLD, policy_name(s->rule->policy));
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page,
	      percent == 100 ? GREEN
	      : percent < 70 ? RED
			     : YELLOW,
	      arena_printf(c->arena, "%u%%", percent));
	buf_printf(&c->page, " of its branches: %zu of %zu sides, by %s\n\n", s->coverage->seen,
		   s->coverage->sides, counted(c->arena, s->tests, "test"));
	write_gaps(c, s);
	write_parts(c, s->mutations);
	write_unnoticed(c, s);
}

/* ---- JSON ---- */

static void
write_gaps_json(struct call *c, const struct studied *s, struct json *out)
{
	struct gaps gaps = find_gaps(c->arena, s->coverage);
	struct file_texts texts = texts_of(c, s->rule);
	json_begin_list(out);
	for (size_t i = 0; i < gaps.count; i++) {
		const struct gap *g = &gaps.items[i];
		struct position at = place_of(s->rule, &texts, g);
		json_begin_map(out);
		json_member_text(out, "pointer", g->in->pointer);
		json_member_text(out, "text", text_of_gap(c->arena, g));
		json_member_text(out, "what", g->what);
		json_member_int(out, "line", at.line);
		json_member_int(out, "column", at.column);
		json_end_map(out);
	}
	json_end_list(out);
}

static void
write_parts_json(const struct mutations *m, struct json *out)
{
	json_begin_list(out);
	for (size_t i = 0; i < m->count; i++) {
		const struct mutated *part = &m->items[i];
		json_begin_map(out);
		json_member_text(out, "part", part->path);
		json_member_bool(out, "matters", mutated_matters(part));
		for (int how = 0; how < MUTATIONS; how++) {
			json_key(out, mutation_name((enum mutation)how));
			json_begin_map(out);
			json_member_int(out, "tried", part->by[how].tried);
			json_member_int(out, "refused", part->by[how].refused);
			json_member_int(out, "passed", part->by[how].passed);
			json_end_map(out);
		}
		json_member_text(out, "example", part->example);
		json_end_map(out);
	}
	json_end_list(out);
}

void
coverage_report_json(struct call *c, const struct studied *s, struct json *out)
{
	json_begin_map(out);
	json_member_text(out, "policy", policy_name(s->rule->policy));
	json_member_int(out, "tests", (int64_t)s->tests);
	json_member_int(out, "sides", (int64_t)s->coverage->sides);
	json_member_int(out, "seen", (int64_t)s->coverage->seen);
	json_member_int(out, "percent", coverage_percent(s->coverage));
	json_key(out, "unseen");
	write_gaps_json(c, s, out);
	json_key(out, "parts");
	write_parts_json(s->mutations, out);
	json_key(out, "unnoticed");
	json_begin_list(out);
	for (size_t i = 0; i < s->look_count; i++)
		if (why_unnoticed(s->mutations, s->looks[i]))
			json_text(out, s->looks[i]);
	json_end_list(out);
	json_end_map(out);
}
