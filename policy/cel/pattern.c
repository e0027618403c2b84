/*
 * pattern.c -- matches() and the extension `regex` of cel-go.
 *
 * Every search is charged for all of the text that is left: a pattern may have to look at it, even
 * where the next match is near.
 */
#include "cel/pattern.h"

#include "base/utf8.h"
#include "cel/operator.h"
#include "cel/output.h"

/* A text of bytes that can stand in memory; memory of no bytes has no place of its own. */
static const char *
text_of(struct cel_value v)
{
	return v.count ? v.text : "";
}

static bool
are_texts(const struct cel_value *v, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (v[i].kind != CEL_STRING)
			return false;
	return true;
}

/* ---- going through matches ---- */

struct search {
	struct cel_run *run;
	const struct regex *regex;
	struct cel_value text;
	struct regex_span groups[REGEX_MOST_GROUPS];
	int count;           /* of groups that are wanted */
	size_t next, before; /* where to look, and where the match before ended */
	bool exhausted;
};

static struct search
search_of(struct cel_run *run, const struct regex *r, struct cel_value text)
{
	return (struct search){
	    .run = run, .regex = r, .text = text, .count = regex_groups(r) + 1, .before = SIZE_MAX};
}

/* An empty match is followed by a look behind the next character. */
static size_t
behind(const struct search *s, size_t at)
{
	size_t step = at < s->text.count ? utf8_step(s->text.text + at, s->text.count - at) : 1;
	return at + (step ? step : 1);
}

/* The next match that does not overlap the one before; an empty one right behind it is none. */
static bool
search_next(struct search *s)
{
	int count = s->count < REGEX_MOST_GROUPS ? s->count : REGEX_MOST_GROUPS;
	while (s->next <= s->text.count) {
		size_t left = s->text.count - s->next;
		s->exhausted = !cel_charge(s->run, regex_find_cost(s->regex, left));
		if (s->exhausted || !regex_find(s->regex, text_of(s->text), s->text.count, s->next,
						s->groups, count))
			return false;
		struct regex_span whole = s->groups[0];
		bool repeated = whole.end == whole.start && whole.start == s->before;
		s->next = whole.end == s->next ? behind(s, s->next) : whole.end;
		s->before = whole.end;
		if (!repeated)
			return true;
	}
	return false;
}

static struct cel_value
span_value(const struct search *s, struct regex_span span)
{
	return cel_string(text_of(s->text) + span.start, span.end - span.start);
}

/* What a match is about: its group, if the pattern has one; false when the group holds nothing. */
static bool
extracted(const struct search *s, struct cel_value *ret_value)
{
	struct regex_span span = s->groups[s->count > 1];
	if (span.start == SIZE_MAX || (s->count > 1 && span.start == span.end))
		return false;
	*ret_value = span_value(s, span);
	return true;
}

/* ---- the functions ---- */

static struct cel_value
match(struct cel_run *run, const struct regex *r, const struct cel_value *v, uint32_t count)
{
	if (!are_texts(v, 2))
		return eval_no_overload(run, "matches", v, count);
	if (!cel_charge(run, regex_find_cost(r, v[0].count)))
		return cel_fail(run, "exhausted");
	return cel_bool(regex_finds(r, text_of(v[0]), v[0].count));
}

static struct cel_value
too_many_groups(struct cel_run *run, const struct regex *r)
{
	return cel_fail(run, "the pattern has %d groups, at most one can be extracted",
			regex_groups(r));
}

static struct cel_value
extract(struct cel_run *run, const struct regex *r, const struct cel_value *v, uint32_t count)
{
	struct cel_value found;
	if (!are_texts(v, 2))
		return eval_no_overload(run, "regex.extract", v, count);
	if (regex_groups(r) > 1)
		return too_many_groups(run, r);
	struct search s = search_of(run, r, v[0]);
	bool any = search_next(&s) && extracted(&s, &found);
	if (s.exhausted)
		return cel_fail(run, "exhausted");
	return any ? cel_optional(run->arena, found) : cel_optional_none();
}

static struct cel_value
extract_all(struct cel_run *run, const struct regex *r, const struct cel_value *v, uint32_t count)
{
	struct cel_value *items = NULL, found;
	size_t n = 0, capacity = 0;
	if (!are_texts(v, 2))
		return eval_no_overload(run, "regex.extractAll", v, count);
	if (regex_groups(r) > 1)
		return too_many_groups(run, r);
	struct search s = search_of(run, r, v[0]);
	while (search_next(&s)) {
		if (!extracted(&s, &found))
			continue;
		items = arena_grow(run->arena, items, n, &capacity, sizeof *items);
		items[n++] = found;
	}
	return s.exhausted ? cel_fail(run, "exhausted") : cel_list(items, n);
}

/* \0 to \9 and \\ alone stand behind a backslash.  NULL, or what is wrong. */
static const char *
wrong_in_replacement(const struct regex *r, struct cel_value replacement)
{
	for (uint32_t i = 0; i < replacement.count; i++) {
		if (replacement.text[i] != '\\')
			continue;
		char c = '\0';
		if (++i < replacement.count)
			c = replacement.text[i];
		if (c != '\\' && (c < '0' || c > '9'))
			return "'\\' stands before a digit or another '\\'";
		if (c != '\\' && c - '0' > regex_groups(r))
			return "it names a group that the pattern does not have";
	}
	return NULL;
}

static void
put_replacement(const struct search *s, struct cel_value replacement, struct output *out)
{
	for (uint32_t i = 0; i < replacement.count; i++) {
		if (replacement.text[i] != '\\' || replacement.text[i + 1] == '\\') {
			i += replacement.text[i] == '\\';
			output_put(out, &replacement.text[i], 1);
			continue;
		}
		struct regex_span group = s->groups[replacement.text[++i] - '0'];
		if (group.start != SIZE_MAX)
			output_put(out, s->text.text + group.start, group.end - group.start);
	}
}

static struct cel_value
replaced(struct cel_run *run, const struct regex *r, const struct cel_value *v, uint64_t most)
{
	CLEANUP(output_done) struct output out = {.run = run};
	struct search s = search_of(run, r, v[0]);
	size_t copied = 0;
	for (; most != 0 && !out.full && search_next(&s); most--) {
		output_put(&out, text_of(v[0]) + copied, s.groups[0].start - copied);
		put_replacement(&s, v[2], &out);
		copied = s.groups[0].end;
	}
	output_put(&out, text_of(v[0]) + copied, v[0].count - copied);
	return s.exhausted ? cel_fail(run, "exhausted") : output_value(&out);
}

static struct cel_value
replace(struct cel_run *run, const struct regex *r, const struct cel_value *v, uint32_t count)
{
	if (!are_texts(v, 3) || (count == 4 && v[3].kind != CEL_INT))
		return eval_no_overload(run, "regex.replace", v, count);
	const char *wrong = wrong_in_replacement(r, v[2]);
	if (wrong)
		return cel_fail(run, "the replacement is wrong: %s", wrong);
	bool all = count < 4 || v[3].integer < 0;
	return replaced(run, r, v, all ? UINT64_MAX : v[3].natural);
}

// clang-format off
static const struct {
	const char *name;
	cel_pattern_fn *call;
} functions[] = {
	{"matches",          match},
	{"regex.extract",    extract},
	{"regex.extractAll", extract_all},
	{"regex.replace",    replace},
};
// clang-format on

cel_pattern_fn *
pattern_function(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return functions[i].call;
	return NULL;
}

/* ---- patterns that are known only when they are evaluated ---- */

static struct cel_value
with_pattern(struct cel_run *run, const struct cel_value *v, uint32_t count, cel_pattern_fn *call)
{
	char message[200];
	if (!cel_charge(run, regex_cost(text_of(v[1]), v[1].count)))
		return cel_fail(run, "exhausted");
	struct regex *r = regex_create(text_of(v[1]), v[1].count, message, sizeof message);
	if (!r)
		return cel_fail(run, "not a regular expression: %s", message);
	struct cel_value result = call(run, r, v, count);
	regex_destroy(r);
	return result;
}

#define DYNAMIC(name, call, count)                                                                 \
	static struct cel_value name(struct cel_run *run, const struct cel_value *v)               \
	{                                                                                          \
		return with_pattern(run, v, count, call);                                          \
	}

DYNAMIC(match_dynamic, match, 2)
DYNAMIC(extract_dynamic, extract, 2)
DYNAMIC(extract_all_dynamic, extract_all, 2)
DYNAMIC(replace_dynamic, replace, 3)
DYNAMIC(replace_some_dynamic, replace, 4)

// clang-format off
const struct cel_function pattern_functions[] = {
	{"matches",          "string.(string) bool",                   match_dynamic,        "whether a part of it matches the regular expression (RE2)"},
	{"matches",          "(string, string) bool",                  match_dynamic,        NULL},
	{"regex.extract",    "(string, string) optional_type(string)", extract_dynamic,      "the first part that matches, or what its group (...) matches; none where nothing does"},
	{"regex.extractAll", "(string, string) list(string)",          extract_all_dynamic,  "all such parts"},
	{"regex.replace",    "(string, string, string) string",        replace_dynamic,      "with the third text for every part that matches, or for so many of them; \\1 is what the first group matches, \\\\ a backslash"},
	{"regex.replace",    "(string, string, string, int) string",   replace_some_dynamic, NULL},
	{0},
};
// clang-format on
