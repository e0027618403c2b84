/*
 * test_openapi.c -- the document and the doors: every route is described, nothing else is, and each
 * takes the parameters that are described.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "doors.h"

static struct arena arena;
static struct node document;
static struct doors doors;

static int
start(void **state)
{
	(void)state;
	struct err e;
	if (document_read_file(WEFT_SOURCE_DIR "/api/openapi.yaml", &arena, &document, &e) !=
	    ERR_OK)
		fail_msg("%u:%u: %s", e.at.line, e.at.column, e.message);
	doors_open(&doors, true);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	doors_close(&doors);
	arena_done(&arena);
	return 0;
}

static const char *
lower(const char *text)
{
	char *copy = arena_text(&arena, text);
	for (char *p = copy; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static const struct node *
described_path(const struct route *r)
{
	return node_get(node_get(&document, "paths"), r->path);
}

static const struct node *
described(const struct route *r)
{
	return node_get(described_path(r), lower(method_name(r->method)));
}

static void
every_route_is_described_with_its_role(void **state)
{
	(void)state;
	for (size_t t = 0; api_tables[t]; t++) {
		for (const struct route *r = api_tables[t]; r->path; r++) {
			const struct node *operation = described(r);
			if (!operation)
				fail_msg("%s %s is not in the document", method_name(r->method),
					 r->path);
			if (strcmp(node_text(operation, "x-role", ""), role_name(r->role)) != 0)
				fail_msg("%s %s is for %s", method_name(r->method), r->path,
					 role_name(r->role));
			assert_string_equal(node_text(operation, "summary", ""), r->summary);
		}
	}
}

static bool
has_route(const char *method, const char *path)
{
	for (size_t t = 0; api_tables[t]; t++)
		for (const struct route *r = api_tables[t]; r->path; r++)
			if (strcmp(r->path, path) == 0 &&
			    strcmp(lower(method_name(r->method)), method) == 0)
				return true;
	return false;
}

static void
nothing_else_is_described(void **state)
{
	(void)state;
	const struct node *paths = node_get(&document, "paths");
	assert_non_null(paths);
	for (uint32_t i = 0; i < paths->count; i++) {
		const struct member *path = &paths->members[i];
		for (uint32_t k = 0; k < path->value.count; k++) {
			const char *method = path->value.members[k].key;
			if (strcmp(method, "parameters") != 0 && !has_route(method, path->key))
				fail_msg("%s %s is described, and there is no such route", method,
					 path->key);
		}
	}
}

/* ---- parameters */

/* Where "#/components/parameters/Limit" leads; only components are referred to. */
static const struct node *
resolve(const struct node *n)
{
	const char *reference = node_text(n, "$ref", NULL);
	if (!reference)
		return n;
	char *path = arena_text(&arena, reference);
	const struct node *found = &document;
	for (char *rest = path + 2, *step; (step = strsep(&rest, "/"));)
		found = node_get(found, step);
	assert_non_null(found);
	return found;
}

static void
add_query_parameters(const struct node *list, struct buf *names)
{
	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct node *parameter = resolve(&list->items[i]);
		if (strcmp(node_text(parameter, "in", ""), "query") == 0)
			buf_printf(names, "%s%s", names->length ? ", " : "",
				   node_text(parameter, "name", "?"));
	}
}

/* "/api/v1/products/{name}" as an address that can be asked for. */
static const char *
some_target(const struct route *r)
{
	CLEANUP(buf_done) struct buf target = {0};
	for (const char *p = r->path; *p; p++) {
		if (*p == '{') {
			buf_text(&target, "a.b");
			p = strchr(p, '}');
		} else {
			buf_char(&target, *p);
		}
	}
	buf_text(&target, "?qqqqqqqqqqqq=1");
	return arena_bytes(&arena, target.data, target.length);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "b, a" as "a, b". */
static const char *
sorted(const char *list)
{
	const char *words[32];
	size_t count = 0;
	CLEANUP(buf_done) struct buf out = {0};
	for (char *rest = arena_text(&arena, list), *word; (word = strsep(&rest, ","));)
		words[count++] = word + strspn(word, " ");
	qsort(words, count, sizeof(words[0]), compare_texts);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s%s", i ? ", " : "", words[i]);
	return arena_bytes(&arena, out.data, out.length);
}

/* What the door says that it knows, when it is asked for something that it does not. */
static const char *
known_parameters(const struct route *r)
{
	struct answer a;
	struct node problem;
	struct err e;
	doors_ask(&doors, method_name(r->method), some_target(r), NULL,
		  r->method == GET ? NULL : "{}", &a);
	if (a.status != 400)
		fail_msg("%s %s answers an unknown parameter with %d", method_name(r->method),
			 r->path, a.status);
	assert_int_equal(
	    document_read(DOCUMENT_JSON, a.body.data, a.body.length, NULL, &arena, &problem, &e),
	    ERR_OK);
	answer_done(&a);
	const char *detail = node_text(&problem, "detail", "");
	const char *known = strstr(detail, "known are: ");
	if (!known && !strstr(detail, "there are none here"))
		fail_msg("%s: %s", r->path, detail);
	return known ? known + strlen("known are: ") : "";
}

static void
each_door_takes_the_parameters_that_are_described(void **state)
{
	(void)state;
	for (size_t t = 0; api_tables[t]; t++) {
		for (const struct route *r = api_tables[t]; r->path; r++) {
			CLEANUP(buf_done) struct buf names = {0};
			add_query_parameters(node_get(described_path(r), "parameters"), &names);
			add_query_parameters(node_get(described(r), "parameters"), &names);
			const char *expected = sorted(names.length ? names.data : "");
			const char *found = sorted(known_parameters(r));
			if (strcmp(expected, found) != 0)
				fail_msg("%s %s takes '%s', described are '%s'",
					 method_name(r->method), r->path, found, expected);
		}
	}
}

static void
the_document_is_what_the_server_gives(void **state)
{
	(void)state;
	struct answer a;
	char *text;
	size_t length;
	struct err e;
	assert_int_equal(
	    file_read(WEFT_SOURCE_DIR "/api/openapi.yaml", 10000000, &arena, &text, &length, &e),
	    ERR_OK);
	doors_ask(&doors, "GET", "/openapi.yaml", NULL, NULL, &a);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body.data, text);
	answer_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_route_is_described_with_its_role),
	    cmocka_unit_test(nothing_else_is_described),
	    cmocka_unit_test(each_door_takes_the_parameters_that_are_described),
	    cmocka_unit_test(the_document_is_what_the_server_gives),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
