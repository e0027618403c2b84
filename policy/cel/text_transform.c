/*
 * text_transform.c -- the extension `strings` of cel-go, and base64 of `encoders`: parts of texts
 * and texts made of others.
 *
 * Positions count code points from 0.
 */
#include "base/digest.h"
#include "base/utf8.h"
#include "cel/operator.h"
#include "cel/output.h"

enum { SCAN_STEP = 16 };

/* ---- positions ---- */

static size_t
next_character(struct cel_value text, size_t offset)
{
	return offset + utf8_step(text.text + offset, text.count - offset);
}

/* The byte where the code point begins; the end for the one behind the last.  False when there is
 * none. */
static bool
offset_of(struct cel_value text, int64_t position, size_t *ret_offset)
{
	size_t offset = 0;
	int64_t passed = 0;
	for (; passed < position && offset < text.count; passed++)
		offset = next_character(text, offset);
	*ret_offset = offset;
	return passed == position;
}

static struct cel_value
out_of_range(struct cel_run *run, int64_t position)
{
	return cel_fail(run, "there is no position %lld in the text", (long long)position);
}

static struct cel_value
part(struct cel_value text, size_t start, size_t end)
{
	return cel_string(text.text + start, end - start);
}

static struct cel_value
char_at(struct cel_run *run, const struct cel_value *v)
{
	size_t offset;
	if (!cel_charge(run, v[0].count / SCAN_STEP) || !offset_of(v[0], v[1].integer, &offset))
		return out_of_range(run, v[1].integer);
	return part(v[0], offset, offset < v[0].count ? next_character(v[0], offset) : offset);
}

static struct cel_value
substring_between(struct cel_run *run, struct cel_value text, int64_t from, int64_t to)
{
	size_t start, end;
	if (!cel_charge(run, text.count / SCAN_STEP) || !offset_of(text, from, &start))
		return out_of_range(run, from);
	if (!offset_of(text, to, &end))
		return out_of_range(run, to);
	return end < start ? cel_fail(run, "the part ends before it begins")
			   : part(text, start, end);
}

static struct cel_value
substring_from(struct cel_run *run, const struct cel_value *v)
{
	return substring_between(run, v[0], v[1].integer,
				 (int64_t)value_code_points(v[0].text, v[0].count));
}

static struct cel_value
substring(struct cel_run *run, const struct cel_value *v)
{
	return substring_between(run, v[0], v[1].integer, v[2].integer);
}

/* ---- searching ---- */

static struct cel_value
found_at(struct cel_value text, const char *found)
{
	return cel_int(found ? (int64_t)value_code_points(text.text, (size_t)(found - text.text))
			     : -1);
}

static struct cel_value
first_from(struct cel_run *run, const struct cel_value *v, int64_t from)
{
	size_t start;
	if (!cel_charge(run, v[0].count / SCAN_STEP) || !offset_of(v[0], from, &start))
		return out_of_range(run, from);
	const char *begin = v[0].text + start;
	return found_at(v[0], v[1].count ? memmem(begin, v[0].count - start, v[1].text, v[1].count)
					 : begin);
}

static struct cel_value
index_of(struct cel_run *run, const struct cel_value *v)
{
	return first_from(run, v, 0);
}

static struct cel_value
index_of_from(struct cel_run *run, const struct cel_value *v)
{
	return first_from(run, v, v[2].integer);
}

static bool
stands_at(struct cel_value text, size_t offset, struct cel_value wanted)
{
	return text.count - offset >= wanted.count &&
	       memcmp(text.text + offset, wanted.text, wanted.count) == 0;
}

/* The last that begins at `offset` or before; naive, hence the product of the lengths is charged.
 */
static struct cel_value
last_before(struct cel_run *run, const struct cel_value *v, size_t offset)
{
	if (!cel_charge(run, 1 + (uint64_t)v[0].count * (1 + v[1].count / SCAN_STEP) / SCAN_STEP))
		return cel_fail(run, "exhausted");
	for (size_t at = offset + 1; at-- > 0;)
		if (stands_at(v[0], at, v[1]))
			return found_at(v[0], v[0].text + at);
	return cel_int(-1);
}

static struct cel_value
last_index_of(struct cel_run *run, const struct cel_value *v)
{
	return last_before(run, v, v[0].count);
}

static struct cel_value
last_index_of_from(struct cel_run *run, const struct cel_value *v)
{
	size_t offset;
	if (!offset_of(v[0], v[2].integer, &offset))
		return out_of_range(run, v[2].integer);
	return last_before(run, v, offset);
}

/* ---- letters ---- */

static struct cel_value
map_ascii(struct cel_run *run, struct cel_value text, char first, char last, int distance)
{
	if (!cel_charge(run, text.count / BYTES_A_STEP))
		return cel_fail(run, "exhausted");
	char *made = arena_bytes(run->arena, text.text, text.count);
	for (uint32_t i = 0; i < text.count; i++)
		if (made[i] >= first && made[i] <= last)
			made[i] = (char)(made[i] + distance);
	return cel_string(made, text.count);
}

static struct cel_value
lower_ascii(struct cel_run *run, const struct cel_value *v)
{
	return map_ascii(run, *v, 'A', 'Z', 'a' - 'A');
}

static struct cel_value
upper_ascii(struct cel_run *run, const struct cel_value *v)
{
	return map_ascii(run, *v, 'a', 'z', 'A' - 'a');
}

static struct cel_value
reversed(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count / BYTES_A_STEP))
		return cel_fail(run, "exhausted");
	char *made = arena_alloc(run->arena, (size_t)v->count + 1);
	for (size_t at = 0; at < v->count;) {
		size_t next = next_character(*v, at);
		memcpy(made + v->count - next, v->text + at, next - at);
		at = next;
	}
	return cel_string(made, v->count);
}

/* Unicode's White_Space property. */
static bool
is_white_space(const char *p, size_t length)
{
	static const char *const long_ones[] = {
	    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
	    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
	    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
	    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
	if (length == 1)
		return *p == ' ' || (*p >= '\t' && *p <= '\r');
	for (size_t i = 0; i < ARRAY_LEN(long_ones); i++)
		if (strlen(long_ones[i]) == length && memcmp(long_ones[i], p, length) == 0)
			return true;
	return false;
}

static struct cel_value
trim(struct cel_run *run, const struct cel_value *v)
{
	size_t start = 0, end = 0;
	if (!cel_charge(run, v->count / SCAN_STEP))
		return cel_fail(run, "exhausted");
	bool begun = false;
	for (size_t at = 0; at < v->count;) {
		size_t next = next_character(*v, at);
		if (!is_white_space(v->text + at, next - at)) {
			start = begun ? start : at;
			begun = true;
			end = next;
		}
		at = next;
	}
	return part(*v, start, end);
}

/* ---- replacing, splitting, joining ---- */

/* Where the separator stands next, from `at` on; an empty one stands behind each character. */
static size_t
next_separator(struct cel_value text, struct cel_value separator, size_t at)
{
	if (separator.count == 0)
		return at < text.count ? next_character(text, at) : text.count;
	const char *found =
	    memmem(text.text + at, text.count - at, separator.text, separator.count);
	return found ? (size_t)(found - text.text) : SIZE_MAX;
}

static struct cel_value
replaced(struct cel_run *run, const struct cel_value *v, uint64_t most)
{
	CLEANUP(output_done) struct output out = {.run = run};
	struct cel_value text = v[0];
	size_t at = 0;
	if (v[1].count == 0 && most != 0) {
		output_put(&out, v[2].text, v[2].count);
		most--;
	}
	while (most != 0 && !out.full && !(v[1].count == 0 && at >= text.count)) {
		size_t found = next_separator(text, v[1], at);
		if (found == SIZE_MAX)
			break;
		output_put(&out, text.text + at, found - at);
		output_put(&out, v[2].text, v[2].count);
		at = found + v[1].count;
		most--;
	}
	output_put(&out, text.text + at, text.count - at);
	return output_value(&out);
}

static struct cel_value
replace(struct cel_run *run, const struct cel_value *v)
{
	return replaced(run, v, UINT64_MAX);
}

static struct cel_value
replace_some(struct cel_run *run, const struct cel_value *v)
{
	return replaced(run, v, v[3].integer < 0 ? UINT64_MAX : v[3].natural);
}

static struct cel_value
split_into(struct cel_run *run, const struct cel_value *v, int64_t most)
{
	struct cel_value text = v[0], *items = NULL;
	size_t count = 0, capacity = 0, at = 0;
	if (most == 0 || (v[1].count == 0 && text.count == 0))
		return cel_list(NULL, 0);
	if (!cel_charge(run, text.count / SCAN_STEP))
		return cel_fail(run, "exhausted");
	for (;;) {
		bool last = most > 0 && (int64_t)count == most - 1;
		size_t found = last ? SIZE_MAX : next_separator(text, v[1], at);
		bool ends = found == SIZE_MAX || (v[1].count == 0 && found == text.count);
		if (!cel_charge(run, 1))
			return cel_fail(run, "exhausted");
		items = arena_grow(run->arena, items, count, &capacity, sizeof *items);
		items[count++] = part(text, at, ends ? text.count : found);
		if (ends)
			return cel_list(items, count);
		at = found + v[1].count;
	}
}

static struct cel_value
split(struct cel_run *run, const struct cel_value *v)
{
	return split_into(run, v, -1);
}

static struct cel_value
split_some(struct cel_run *run, const struct cel_value *v)
{
	return split_into(run, v, v[2].integer);
}

static struct cel_value
joined_by(struct cel_run *run, struct cel_value list, struct cel_value separator)
{
	CLEANUP(output_done) struct output out = {.run = run};
	for (uint32_t i = 0; i < list.count; i++) {
		struct cel_value item = value_item(list, i);
		if (item.kind != CEL_STRING)
			return cel_fail(run, "'join' wants strings, not %s", eval_kind(item));
		if (i)
			output_put(&out, separator.text, separator.count);
		output_put(&out, item.text, item.count);
	}
	return output_value(&out);
}

static struct cel_value
join(struct cel_run *run, const struct cel_value *v)
{
	return joined_by(run, *v, cel_string("", 0));
}

static struct cel_value
join_with(struct cel_run *run, const struct cel_value *v)
{
	return joined_by(run, v[0], v[1]);
}

/* ---- quoting ---- */

static struct cel_value
quote(struct cel_run *run, const struct cel_value *v)
{
	static const char signs[] = "\a\b\f\n\r\t\v\\\"", letters[] = "abfnrtv\\\"";
	CLEANUP(output_done) struct output out = {.run = run};
	output_text(&out, "\"");
	for (uint32_t i = 0; i < v->count; i++) {
		const char *sign = v->text[i] ? strchr(signs, v->text[i]) : NULL;
		if (sign)
			output_text(&out, "\\");
		output_put(&out, sign ? &letters[sign - signs] : &v->text[i], 1);
	}
	output_text(&out, "\"");
	return output_value(&out);
}

static struct cel_value
encode(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count / BYTES_A_STEP))
		return cel_fail(run, "exhausted");
	char *text = arena_alloc(run->arena, base64_size(v->count));
	base64_encode(v->text, v->count, text);
	return cel_string(text, strlen(text));
}

/* The padding may be missing. */
static struct cel_value
decode(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count / BYTES_A_STEP))
		return cel_fail(run, "exhausted");
	char *text = arena_alloc(run->arena, (size_t)v->count + 4);
	memcpy(text, v->text, v->count);
	for (size_t length = v->count; length % 4; length++)
		text[length] = '=';
	size_t length;
	void *bytes = arena_alloc(run->arena, v->count);
	if (strlen(text) < v->count || !base64_decode(text, bytes, v->count, &length))
		return cel_fail(run, "the text is not base64");
	return cel_bytes(bytes, length);
}

// clang-format off
const struct cel_function text_transform_functions[] = {
	{"charAt",        "string.(int) string",                 char_at,            "the character at the position; empty at the end"},
	{"indexOf",       "string.(string) int",                 index_of,           "where the other text stands first, from a position on; -1 when it does not"},
	{"indexOf",       "string.(string, int) int",            index_of_from,      NULL},
	{"lastIndexOf",   "string.(string) int",                 last_index_of,      "where the other text stands last, at a position or before; -1 when it does not"},
	{"lastIndexOf",   "string.(string, int) int",            last_index_of_from, NULL},
	{"substring",     "string.(int) string",                 substring_from,     "from a position on, up to another"},
	{"substring",     "string.(int, int) string",            substring,          NULL},
	{"lowerAscii",    "string.() string",                    lower_ascii,        "with small letters for A to Z"},
	{"upperAscii",    "string.() string",                    upper_ascii,        "with capital letters for a to z"},
	{"reverse",       "string.() string",                    reversed,           "the characters from last to first"},
	{"trim",          "string.() string",                    trim,               "without white space around it"},
	{"replace",       "string.(string, string) string",      replace,            "with the second text for the first, everywhere or so many times"},
	{"replace",       "string.(string, string, int) string", replace_some,       NULL},
	{"split",         "string.(string) list(string)",        split,              "the parts between the separator; at most so many, the last holding the rest"},
	{"split",         "string.(string, int) list(string)",   split_some,         NULL},
	{"join",          "list(string).() string",              join,               "one after the other, with a text between them"},
	{"join",          "list(string).(string) string",        join_with,          NULL},
	{"strings.quote", "(string) string",                     quote,              "as a literal in quotes"},
	{"base64.encode", "(bytes) string",                      encode,             "bytes as base64"},
	{"base64.decode", "(string) bytes",                      decode,             "base64 as bytes; padding may be missing"},
	{0},
};
// clang-format on
