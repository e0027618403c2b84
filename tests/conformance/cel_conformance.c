/*
 * cel_conformance [FOLDER] -- the conformance tests of google/cel-spec, from the JSON files of a
 * folder.
 *
 * Prints every test that fails, then a table with a line a file, and last "N passed, N failed, N
 * skipped".  Exits 0 when all pass, 1 when one fails, 2 when a file cannot be read or is called
 * otherwise than so; without an argument it takes the folder that the build was told of, and exits
 * 77 where there is none (which ctest takes for skipped).
 *
 * A test is {"file", "section", "name", "expr", "container", "disable_check", "disable_macros",
 * "check_only", "type_env", "bindings", "expected", "requires"}; for values and types see
 * typed_value.h.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "typed_value.h"

enum { EXIT_FAILED = 1, EXIT_UNUSABLE = 2, EXIT_SKIPPED = 77 };
enum { COST_LIMIT = 1000000, MOST_NAMES = 32 };

/* What is not built: by file, by words of an expression, by required extension; NULL matches
 * anything. Ends with a row without a reason. */
static const struct unbuilt {
	const char *file, *expression, *extension, *reason;
} unbuilt[] = {
    // clang-format off
	{0},
    // clang-format on
};

struct tally {
	unsigned passed, failed, skipped;
};

/* One test that failed, as texts. */
struct failure {
	const char *expected, *found;
};

/* ---- declarations ---- */

struct setting {
	struct cel_variable variables[MOST_NAMES];
	struct cel_value bindings[MOST_NAMES];
	struct cel_function functions[MOST_NAMES + 1];
	struct cel_library libraries[2];
	size_t variable_count, function_count;
	struct cel_declarations declarations;
};

static bool
declare_function(struct arena *arena, const struct node *declaration, struct setting *s)
{
	const struct node *overloads = node_get(declaration, "overloads");
	for (uint32_t i = 0; overloads && i < overloads->count; i++) {
		if (s->function_count == MOST_NAMES)
			return false;
		s->functions[s->function_count++] =
		    (struct cel_function){.name = node_text(declaration, "name", ""),
					  .signature = signature_text(arena, &overloads->items[i])};
	}
	return overloads && overloads->kind == NODE_LIST;
}

static bool
declare_variable(struct arena *arena, const char *name, const char *type,
		 const struct node *binding, struct setting *s)
{
	if (s->variable_count == MOST_NAMES)
		return false;
	size_t number = s->variable_count++;
	s->variables[number].name = name;
	s->variables[number].type = type;
	return !binding || typed_value_read(arena, binding, &s->bindings[number]);
}

static bool
is_declared(const struct setting *s, const char *name)
{
	for (size_t i = 0; i < s->variable_count; i++)
		if (strcmp(s->variables[i].name, name) == 0)
			return true;
	return false;
}

/* What is declared, and then what is only bound: dyn. */
static bool
declare_names(struct arena *arena, const struct node *test, struct setting *s)
{
	const struct node *types = node_get(test, "type_env"),
			  *bindings = node_get(test, "bindings");
	for (uint32_t i = 0; types && types->kind == NODE_LIST && i < types->count; i++) {
		const struct node *d = &types->items[i];
		const char *name = node_text(d, "name", "");
		bool is_function = strcmp(node_text(d, "kind", ""), "function") == 0;
		if (!(is_function
			  ? declare_function(arena, d, s)
			  : declare_variable(arena, name, type_text(arena, node_get(d, "type")),
					     node_get(bindings, name), s)))
			return false;
	}
	for (uint32_t i = 0; bindings && bindings->kind == NODE_MAP && i < bindings->count; i++) {
		const struct member *m = &bindings->members[i];
		if (!is_declared(s, m->key) &&
		    !declare_variable(arena, m->key, "dyn", &m->value, s))
			return false;
	}
	return true;
}

static bool
declare(struct arena *arena, const struct node *test, struct setting *s)
{
	if (!declare_names(arena, test, s))
		return false;
	s->libraries[0] = (struct cel_library){"declared", "", s->functions};
	s->declarations = (struct cel_declarations){
	    .variables = s->variables,
	    .variable_count = s->variable_count,
	    .libraries = s->libraries,
	    .container = node_text(test, "container", ""),
	    .unchecked = node_bool(test, "disable_check", false),
	    .no_macros = node_bool(test, "disable_macros", false),
	};
	return true;
}

/* ---- one test ---- */

static bool requires(const struct node *test, const char *extension)
{
	const struct node *required = node_get(test, "requires");
	for (uint32_t i = 0; required && required->kind == NODE_LIST && i < required->count; i++) {
		const struct node *name = &required->items[i];
		if (name->kind == NODE_TEXT && strcmp(name->text, extension) == 0)
			return true;
	}
	return false;
}

static bool
concerns(const struct unbuilt *u, const struct node *test)
{
	return (!u->extension || requires(test, u->extension)) &&
	       (!u->file || strcmp(node_text(test, "file", ""), u->file) == 0) &&
	       (!u->expression || strstr(node_text(test, "expr", ""), u->expression));
}

static bool
is_unbuilt(const struct node *test)
{
	for (const struct unbuilt *u = unbuilt; u->reason; u++)
		if (concerns(u, test))
			return true;
	return false;
}

static const char *
show(struct arena *arena, struct cel_value v)
{
	CLEANUP(buf_done) struct buf out = {0};
	cel_format(v, 400, &out);
	return arena_printf(arena, "%s (%s)", out.data, cel_kind_name(v.kind));
}

static bool
judge_value(struct arena *arena, struct cel_value found, const struct cel_value *wanted,
	    struct failure *ret_failure)
{
	bool fits = wanted ? typed_values_match(found, *wanted) : found.kind == CEL_ERROR;
	if (!fits)
		*ret_failure = (struct failure){wanted ? show(arena, *wanted) : "an error",
						show(arena, found)};
	return fits;
}

static bool
judge_type(struct arena *arena, const struct node *expected, const struct cel_program *p,
	   struct failure *ret_failure)
{
	const struct node *type = node_get(expected, "type");
	const char *wanted = type ? type_text(arena, type) : NULL;
	if (!wanted || strcmp(wanted, cel_program_type(p)) == 0)
		return true;
	*ret_failure = (struct failure){
	    arena_printf(arena, "the type %s", wanted),
	    arena_printf(arena, "the type %s", arena_text(arena, cel_program_type(p)))};
	return false;
}

static bool
judge_program(struct arena *arena, const struct node *test, const struct setting *s,
	      const struct cel_program *p, const struct cel_value *wanted,
	      struct failure *ret_failure)
{
	if (!judge_type(arena, node_get(test, "expected"), p, ret_failure))
		return false;
	if (node_bool(test, "check_only", false))
		return true;
	struct cel_value found = cel_evaluate(p, s->bindings, CEL_STEPS(COST_LIMIT), arena, NULL);
	return judge_value(arena, found, wanted, ret_failure);
}

/* `wanted` is NULL when an error is. */
static bool
run_compiled(struct arena *arena, const struct node *test, const struct setting *s,
	     const struct cel_value *wanted, struct failure *ret_failure)
{
	struct cel_value source = text_read(arena, node_get(test, "expr"));
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(&s->declarations, source.text, source.count, &issues);
	if (p) {
		bool passed = judge_program(arena, test, s, p, wanted, ret_failure);
		cel_program_destroy(p);
		return passed;
	}
	if (node_bool(node_get(test, "expected"), "error", false))
		return true;
	*ret_failure =
	    (struct failure){wanted ? show(arena, *wanted) : "a type",
			     arena_printf(arena, "the mistake: %s", issues.items[0].message)};
	return false;
}

/* As usual, without what the compiler does beyond what is written, and observed: all the same. */
static bool
run_test(struct arena *arena, const struct node *test, struct setting *s,
	 const struct cel_value *wanted, struct failure *ret_failure)
{
	struct cel_declarations *d = &s->declarations;
	bool passed = run_compiled(arena, test, s, wanted, ret_failure);
	d->unfolded = d->unfused = true;
	passed = passed && run_compiled(arena, test, s, wanted, ret_failure);
	d->observed = true;
	return passed && run_compiled(arena, test, s, wanted, ret_failure);
}

/* ---- files ---- */

static void
report(const struct node *test, uint32_t number, const struct failure *failure)
{
	printf("FAIL %s/%s/%s (number %u)\n     expression  %s\n     expected    %s\n"
	       "     found       %s\n",
	       node_text(test, "file", "?"), node_text(test, "section", "?"),
	       node_text(test, "name", "?"), number, node_text(test, "expr", ""), failure->expected,
	       failure->found);
}

/* False when it is no test. */
static bool
take_test(const struct node *test, uint32_t number, struct tally *tally)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct node *source = node_get(test, "expr"), *expected = node_get(test, "expected");
	const struct node *value = node_get(expected, "value");
	struct setting setting = {0};
	struct failure failure = {0};
	struct cel_value wanted;
	bool has_outcome = value
			       ? typed_value_read(&arena, value, &wanted)
			       : node_bool(expected, "error", false) || node_get(expected, "type");
	if (!source || source->kind != NODE_TEXT || !has_outcome ||
	    !declare(&arena, test, &setting))
		return false;
	if (is_unbuilt(test)) {
		tally->skipped++;
		return true;
	}
	bool passed = run_test(&arena, test, &setting, value ? &wanted : NULL, &failure);
	*(passed ? &tally->passed : &tally->failed) += 1;
	if (!passed)
		report(test, number, &failure);
	return true;
}

static bool
complain(const char *path, const char *what)
{
	fprintf(stderr, "cel_conformance: %s: %s\n", path, what);
	return false;
}

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
		err_while(&e, "reading tests");
		return complain(path, e.message);
	}
	return ret_tests->kind == NODE_LIST || complain(path, "not a list of tests");
}

static bool
run_file(const char *path, struct tally *ret_tally)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node tests;
	bool readable = read_tests(path, &arena, &tests);
	for (uint32_t i = 0; readable && i < tests.count; i++)
		if (!take_test(&tests.items[i], i, ret_tally))
			readable = complain(
			    path, arena_printf(&arena, "number %u has not the form of a test", i));
	return readable;
}

/* ---- the table ---- */

struct table {
	struct arena arena;
	struct dirent **files;
	struct tally *tallies, total;
	int count;
};

static int
is_json(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

/* False when one of the files cannot be read, or there are none. */
static bool
run_folder(const char *folder, struct table *t)
{
	t->count = scandir(folder, &t->files, is_json, alphasort);
	if (t->count <= 0)
		return complain(folder, t->count ? "it cannot be read" : "no files *.json");
	t->tallies = ARENA_ARRAY(&t->arena, struct tally, (size_t)t->count);
	bool readable = true;
	for (int i = 0; i < t->count; i++) {
		struct tally *tally = &t->tallies[i];
		readable &=
		    run_file(arena_printf(&t->arena, "%s/%s", folder, t->files[i]->d_name), tally);
		t->total.passed += tally->passed;
		t->total.failed += tally->failed;
		t->total.skipped += tally->skipped;
	}
	return readable;
}

static void
print_table(const struct table *t)
{
	printf("%-24s %8s %8s %8s\n", "file", "passed", "failed", "skipped");
	for (int i = 0; i < t->count; i++)
		printf("%-24s %8u %8u %8u\n", t->files[i]->d_name, t->tallies[i].passed,
		       t->tallies[i].failed, t->tallies[i].skipped);
	for (const struct unbuilt *u = unbuilt; t->total.skipped && u->reason; u++)
		printf("skipped: %s%s%s%s\n", u->reason, u->expression ? " (" : "",
		       u->expression ? u->expression : "", u->expression ? ")" : "");
	printf("%u passed, %u failed, %u skipped\n", t->total.passed, t->total.failed,
	       t->total.skipped);
}

static void
table_done(struct table *t)
{
	for (int i = 0; i < t->count; i++)
		free(t->files[i]);
	if (t->count >= 0)
		free(t->files);
	arena_done(&t->arena);
}

static bool
is_folder(const char *path)
{
	DIR *dir = opendir(path);
	if (dir)
		closedir(dir);
	return dir;
}

int
main(int argc, char **argv)
{
	CLEANUP(table_done) struct table table = {0};
	const char *folder = argc > 1 ? argv[1] : WEFT_CEL_CONFORMANCE;
	if (argc > 2 || (argc > 1 && argv[1][0] == '-')) {
		fprintf(stderr, "usage: cel_conformance [FOLDER]\n");
		return EXIT_UNUSABLE;
	}
	if (argc == 1 && !is_folder(folder)) {
		printf("SKIPPED: no folder is given, and there is none at %s\n", folder);
		return EXIT_SKIPPED;
	}
	bool readable = run_folder(folder, &table);
	print_table(&table);
	if (table.total.failed)
		return EXIT_FAILED;
	return readable ? EXIT_SUCCESS : EXIT_UNUSABLE;
}
