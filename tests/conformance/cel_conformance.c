/*
 * cel_conformance FOLDER -- the conformance tests of google/cel-spec, from the JSON files of a
 * folder.
 *
 * Prints every test that fails, then a line a file and the total.  Exits 0 when all pass, 1 when
 * one fails, 77 when the folder is not there (which ctest takes for skipped).  Without an argument
 * the folder is $WEFT_CEL_CONFORMANCE.
 *
 * The suite's texts hold NULs, which documents cannot: they are read as U+E000 and put back in
 * text_of().
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/document.h"
#include "base/json.h"
#include "policy/cel.h"

enum { EXIT_SKIPPED = 77, COST_LIMIT = 1000000, MOST_NAMES = 32 };

/* What is not built: by file, by the words of an expression, by required extension.  NULL matches
 * anything. */
static const struct unbuilt {
	const char *file, *expression, *extension, *reason;
} unbuilt[] = {
    // clang-format off
	{NULL,         NULL,         "network",  "the extension `network`"},
	{"timestamps", "Australia/", NULL,       "time zones by name: they would be read from files"},
	{"timestamps", "US/",        NULL,       "time zones by name: they would be read from files"},
	{"timestamps", "America/",   NULL,       "time zones by name: they would be read from files"},
    // clang-format on
};

struct tally {
	unsigned passed, failed, skipped;
};

/* ---- texts ---- */

static const char nul_escape[] = "\\u0000", stand_in_escape[] = "\\ue000",
		  stand_in[] = "\xEE\x80\x80";

/* In the JSON: every \u0000 that is an escape, not an escaped backslash and a u. */
static void
replace_nuls(char *json)
{
	for (char *c = json; *c; c++) {
		if (*c != '\\')
			continue;
		if (strncmp(c, nul_escape, strlen(nul_escape)) == 0)
			memcpy(c, stand_in_escape, strlen(stand_in_escape));
		c++;
	}
}

static struct cel_value
text_of(struct arena *arena, const struct node *n)
{
	char *text = arena_alloc(arena, (size_t)n->count + 1);
	size_t length = 0;
	for (const char *c = n->text; *c; c++) {
		bool is_nul = strncmp(c, stand_in, strlen(stand_in)) == 0;
		if (!is_nul)
			text[length] = *c;
		length++;
		c += is_nul ? strlen(stand_in) - 1 : 0;
	}
	return cel_string(text, length);
}

/* ---- values ---- */

static struct cel_value to_value(struct arena *arena, const struct node *typed);

static double
to_double(const char *text)
{
	return strtod(text, NULL); /* takes NaN, Infinity and -0.0 as well */
}

static struct cel_value
to_bytes(struct arena *arena, const char *base64)
{
	size_t length = 0, capacity = strlen(base64) + 1;
	char *bytes = arena_alloc(arena, capacity);
	if (!base64_decode(base64, bytes, capacity, &length))
		fprintf(stderr, "cel_conformance: '%s' is not base64\n", base64);
	return cel_bytes(bytes, length);
}

static struct cel_value
to_list(struct arena *arena, const struct node *items)
{
	struct cel_value *values = ARENA_ARRAY(arena, struct cel_value, items->count);
	for (uint32_t i = 0; i < items->count; i++)
		values[i] = to_value(arena, &items->items[i]);
	return cel_list(values, items->count);
}

static struct cel_value
to_map(struct arena *arena, const struct node *pairs)
{
	struct cel_entry *entries = ARENA_ARRAY(arena, struct cel_entry, pairs->count);
	for (uint32_t i = 0; i < pairs->count; i++) {
		entries[i].key = to_value(arena, &pairs->items[i].items[0]);
		entries[i].value = to_value(arena, &pairs->items[i].items[1]);
	}
	return cel_map_of(arena, entries, pairs->count);
}

static struct cel_value
to_time(const struct node *time, bool is_duration)
{
	int64_t seconds = strtoll(node_text(time, "seconds", "0"), NULL, 10),
		nanos = node_int(time, "nanos", 0);
	return is_duration ? cel_duration(seconds * 1000000000 + nanos)
			   : cel_timestamp(seconds, (uint32_t)nanos);
}

/* A typed value is a map with one key, its type. */
static struct cel_value
to_value(struct arena *arena, const struct node *typed)
{
	const char *type = typed->members[0].key;
	const struct node *n = &typed->members[0].value;
	if (strcmp(type, "null") == 0)
		return cel_null();
	if (strcmp(type, "bool") == 0)
		return cel_bool(n->boolean);
	if (strcmp(type, "int") == 0)
		return cel_int(strtoll(n->text, NULL, 10));
	if (strcmp(type, "uint") == 0)
		return cel_uint(strtoull(n->text, NULL, 10));
	if (strcmp(type, "double") == 0)
		return cel_double(to_double(n->text));
	if (strcmp(type, "string") == 0)
		return text_of(arena, n);
	if (strcmp(type, "bytes") == 0)
		return to_bytes(arena, n->text);
	if (strcmp(type, "list") == 0)
		return to_list(arena, n);
	if (strcmp(type, "map") == 0)
		return to_map(arena, n);
	if (strcmp(type, "type") == 0)
		return (struct cel_value){.kind = CEL_TYPE, .count = n->count, .text = n->text};
	return to_time(n, strcmp(type, "duration") == 0);
}

static bool matches(struct cel_value a, struct cel_value b);

static bool
lists_match(struct cel_value a, struct cel_value b)
{
	for (uint32_t i = 0; i < a.count; i++)
		if (!matches(cel_item(a, i), cel_item(b, i)))
			return false;
	return true;
}

/* Each entry of one map has its match in the other, in any order; keys match with their type. */
static bool
maps_match(struct cel_value a, struct cel_value b)
{
	for (uint32_t i = 0; i < a.count; i++) {
		struct cel_entry entry = cel_entry_at(a, i);
		bool found = false;
		for (uint32_t k = 0; k < b.count && !found; k++) {
			struct cel_entry other = cel_entry_at(b, k);
			found = matches(entry.key, other.key) && matches(entry.value, other.value);
		}
		if (!found)
			return false;
	}
	return true;
}

/* Equal in type and value: unlike ==, where 1 is 1.0; NaN matches NaN, and 0.0 does not match -0.0.
 */
static bool
matches(struct cel_value a, struct cel_value b)
{
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case CEL_DOUBLE:
		return isnan(a.real) ? isnan(b.real)
				     : a.real == b.real && signbit(a.real) == signbit(b.real);
	case CEL_LIST:
		return a.count == b.count && lists_match(a, b);
	case CEL_MAP:
		return a.count == b.count && maps_match(a, b);
	default:
		return cel_equal(a, b);
	}
}

/* ---- types ---- */

static void write_type(const struct node *type, struct buf *out);

static void
write_types(const struct node *types, struct buf *out)
{
	for (uint32_t i = 0; i < types->count; i++) {
		buf_text(out, i ? ", " : "");
		write_type(&types->items[i], out);
	}
}

/* As declarations write it: {"list": "int"} is list(int). */
static void
write_type(const struct node *type, struct buf *out)
{
	if (type->kind == NODE_TEXT) {
		buf_text(out, type->text);
		return;
	}
	const char *name = type->members[0].key;
	const struct node *inner = &type->members[0].value;
	if (strcmp(name, "param") == 0 || strcmp(name, "wrapper") == 0) {
		write_type(inner, out);
		return;
	}
	if (strcmp(name, "abstract") == 0) {
		name = node_text(inner, "name", "?");
		inner = node_get(inner, "params");
	}
	buf_printf(out, "%s(", name);
	if (inner && inner->kind == NODE_LIST)
		write_types(inner, out);
	else if (inner)
		write_type(inner, out);
	buf_char(out, ')');
}

static const char *
type_text(struct arena *arena, const struct node *type)
{
	CLEANUP(buf_done) struct buf out = {0};
	write_type(type, &out);
	return arena_bytes(arena, out.data, out.length);
}

/* "(A, int) string" of one overload of a declared function. */
static const char *
signature_text(struct arena *arena, const struct node *overload)
{
	CLEANUP(buf_done) struct buf out = {0};
	buf_char(&out, '(');
	write_types(node_get(overload, "params"), &out);
	buf_text(&out, ") ");
	write_type(node_get(overload, "result"), &out);
	return arena_bytes(arena, out.data, out.length);
}

/* ---- declarations ---- */

struct setting {
	struct cel_variable variables[MOST_NAMES];
	struct cel_value bindings[MOST_NAMES];
	struct cel_function functions[MOST_NAMES + 1];
	struct cel_library libraries[2];
	struct cel_declarations declarations;
};

static void
declare_functions(struct arena *arena, const struct node *declaration, struct setting *s,
		  size_t *count)
{
	const struct node *overloads = node_get(declaration, "overloads");
	for (uint32_t i = 0; i < overloads->count && *count < MOST_NAMES; i++)
		s->functions[(*count)++] =
		    (struct cel_function){.name = node_text(declaration, "name", ""),
					  .signature = signature_text(arena, &overloads->items[i])};
}

static void
declare(struct arena *arena, const struct node *test, struct setting *s)
{
	const struct node *types = node_get(test, "type_env"),
			  *bindings = node_get(test, "bindings");
	size_t functions = 0, variables = 0;
	for (uint32_t i = 0; i < types->count && variables < MOST_NAMES; i++) {
		const struct node *declaration = &types->items[i];
		if (strcmp(node_text(declaration, "kind", ""), "function") == 0) {
			declare_functions(arena, declaration, s, &functions);
			continue;
		}
		const char *name = node_text(declaration, "name", "");
		const struct node *bound = node_get(bindings, name);
		s->variables[variables].name = name;
		s->variables[variables].type = type_text(arena, node_get(declaration, "type"));
		if (bound)
			s->bindings[variables] = to_value(arena, bound);
		variables++;
	}
	for (uint32_t i = 0; i < bindings->count && variables < MOST_NAMES; i++) {
		const char *name = bindings->members[i].key;
		bool known = false;
		for (size_t k = 0; k < variables; k++)
			known |= strcmp(s->variables[k].name, name) == 0;
		if (known)
			continue;
		s->variables[variables].name = name;
		s->variables[variables].type = "dyn";
		s->bindings[variables++] = to_value(arena, &bindings->members[i].value);
	}
	s->libraries[0] = (struct cel_library){"declared", "", s->functions};
	s->declarations = (struct cel_declarations){
	    .variables = s->variables,
	    .variable_count = variables,
	    .libraries = s->libraries,
	    .container = node_text(test, "container", ""),
	    .unchecked = node_bool(test, "disable_check", false),
	    .no_macros = node_bool(test, "disable_macros", false),
	};
}

/* ---- one test ---- */

static const char *
skip_reason(const struct node *test)
{
	const struct node *required = node_get(test, "requires");
	for (size_t i = 0; i < ARRAY_LEN(unbuilt); i++) {
		const struct unbuilt *u = &unbuilt[i];
		bool applies = !u->extension;
		for (uint32_t k = 0; required && k < required->count; k++)
			applies |=
			    u->extension && strcmp(required->items[k].text, u->extension) == 0;
		if (u->file)
			applies &= strcmp(node_text(test, "file", ""), u->file) == 0;
		if (u->expression)
			applies &= strstr(node_text(test, "expr", ""), u->expression) != NULL;
		if (applies)
			return u->reason;
	}
	return NULL;
}

static const char *
show(struct arena *arena, struct cel_value v)
{
	CLEANUP(buf_done) struct buf out = {0};
	cel_format(v, 200, &out);
	return arena_text(arena, out.data);
}

/* NULL when it passes, else what came out. */
static const char *
judge_value(struct arena *arena, const struct node *expected, struct cel_value v)
{
	const struct node *wanted = node_get(expected, "value");
	bool wants_error = node_bool(expected, "error", false);
	if (wants_error)
		return v.kind == CEL_ERROR ? NULL : show(arena, v);
	if (!wanted)
		return "the test expects neither a value nor an error";
	return matches(v, to_value(arena, wanted)) ? NULL : show(arena, v);
}

static const char *
judge_type(struct arena *arena, const struct node *expected, const struct cel_program *p)
{
	const struct node *type = node_get(expected, "type");
	if (!type || strcmp(type_text(arena, type), cel_program_type(p)) == 0)
		return NULL;
	return arena_printf(arena, "the type %s", cel_program_type(p));
}

static const char *
run_test(struct arena *arena, const struct node *test)
{
	struct setting s = {0};
	const struct node *expected = node_get(test, "expected");
	struct cel_value source = text_of(arena, node_get(test, "expr"));
	struct cel_issues issues = {.arena = arena};
	declare(arena, test, &s);
	struct cel_program *p = cel_compile(&s.declarations, source.text, source.count, &issues);
	if (!p)
		return node_bool(expected, "error", false) ? NULL : issues.items[0].message;
	const char *wrong = judge_type(arena, expected, p);
	if (!wrong && !node_bool(test, "check_only", false))
		wrong = judge_value(arena, expected,
				    cel_evaluate(p, s.bindings, COST_LIMIT, arena, NULL));
	cel_program_destroy(p);
	return wrong;
}

static void
report(const struct node *test, uint32_t number, const char *wrong)
{
	const char *expression = node_text(test, "expr", "");
	printf("FAIL %s/%s/%s (number %u): %.200s\n     gave %s\n", node_text(test, "file", "?"),
	       node_text(test, "section", "?"), node_text(test, "name", "?"), number, expression,
	       wrong);
}

/* ---- files ---- */

static bool
read_tests(const char *path, struct arena *arena, struct node *ret_tests)
{
	char *json;
	size_t length;
	struct err e;
	enum err_code code =
	    file_read(path, document_default_limits.bytes, arena, &json, &length, &e);
	if (!code) {
		replace_nuls(json);
		code = document_read(DOCUMENT_JSON, json, length, NULL, arena, ret_tests, &e);
	}
	if (code) {
		err_while(&e, "reading '%s'", path);
		fprintf(stderr, "cel_conformance: %s\n", e.message);
	}
	return !code;
}

static bool
run_file(const char *path, const char *name, struct tally *total)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node tests;
	if (!read_tests(path, &arena, &tests))
		return false;
	struct tally tally = {0};
	for (uint32_t i = 0; i < tests.count; i++) {
		CLEANUP(arena_done) struct arena scratch = {0};
		const struct node *test = &tests.items[i];
		if (skip_reason(test)) {
			tally.skipped++;
			continue;
		}
		const char *wrong = run_test(&scratch, test);
		if (wrong)
			report(test, i, wrong);
		*(wrong ? &tally.failed : &tally.passed) += 1;
	}
	printf("%-20s %4u passed %4u failed %4u skipped\n", name, tally.passed, tally.failed,
	       tally.skipped);
	total->passed += tally.passed;
	total->failed += tally.failed;
	total->skipped += tally.skipped;
	return true;
}

static int
is_json(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool
run_folder(const char *folder, struct tally *total)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct dirent **entries;
	int count = scandir(folder, &entries, is_json, alphasort);
	bool readable = count > 0;
	for (int i = 0; i < count; i++) {
		const char *path = arena_printf(&arena, "%s/%s", folder, entries[i]->d_name);
		readable &= run_file(path, entries[i]->d_name, total);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return readable;
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : getenv("WEFT_CEL_CONFORMANCE");
	DIR *present = folder ? opendir(folder) : NULL;
	if (!present) {
		printf("SKIPPED: no folder of conformance tests%s%s\n", folder ? " at " : "",
		       folder ? folder : "");
		return EXIT_SKIPPED;
	}
	closedir(present);
	struct tally total = {0};
	bool readable = run_folder(folder, &total);
	for (size_t i = 0; i < ARRAY_LEN(unbuilt); i++)
		printf("skipped: %s%s%s\n", unbuilt[i].reason, unbuilt[i].expression ? ": " : "",
		       unbuilt[i].expression ? unbuilt[i].expression : "");
	printf("total: %u passed, %u failed, %u skipped\n", total.passed, total.failed,
	       total.skipped);
	return readable && total.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
