/*
 * test_http_router.c -- tables of routes: which row a path finds, and which tables do not start.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "router.h"

static struct arena arena;

static int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static enum err_code
nothing(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)rs;
	(void)e;
	return ERR_OK;
}

// clang-format off
static const struct route first[] = {
	{GET,  "/",                             nothing, ROLE_ANYBODY,   "root"},
	{GET,  "/products",                     nothing, ROLE_READER,    "list"},
	{POST, "/products",                     nothing, ROLE_PUBLISHER, "publish"},
	{GET,  "/products/{name}",              nothing, ROLE_READER,    "one"},
	{GET,  "/products/{name}/versions/{v}", nothing, ROLE_READER,    "version"},
	{0},
};
static const struct route second[] = {
	{POST, "/products/impact",              nothing, ROLE_STEWARD,   "impact"},
	{GET,  "/products/impact/{x}/deep",     nothing, ROLE_STEWARD,   "deep"},
	{0},
};
// clang-format on
static const struct route *const both[] = {first, second, NULL};

/* The summary of what GET finds, "-" when the path is there for other methods only, NULL when it is
 * not there. */
static const char *
found(struct match *m, size_t count, const char *const *parts)
{
	const struct router *r = NULL;
	struct err e = {0};
	assert_int_equal(router_create(both, &arena, &r, &e), ERR_OK);
	if (!router_match(r, parts, count, m))
		return NULL;
	return m->by_method[GET].route ? m->by_method[GET].route->summary : "-";
}

#define FOUND(m, ...)                                                                              \
	found(m, ARRAY_LEN(((const char *[]){__VA_ARGS__})), (const char *[]){__VA_ARGS__})

static void
a_path_finds_its_row_and_its_values(void **state)
{
	(void)state;
	struct match m;
	assert_string_equal(FOUND(&m, ""), "root");
	assert_string_equal(FOUND(&m, "products"), "list");
	assert_string_equal(m.by_method[POST].route->summary, "publish");
	assert_null(m.by_method[PUT].route);
	assert_string_equal(FOUND(&m, "products", "a.b"), "one");
	assert_string_equal(m.values[0], "a.b");
	assert_string_equal(FOUND(&m, "products", "a.b", "versions", "1.0.0"), "version");
	assert_string_equal(m.values[0], "a.b");
	assert_string_equal(m.values[1], "1.0.0");
	assert_int_equal(m.value_count, 2);
}

static void
what_is_not_there_is_not_found(void **state)
{
	(void)state;
	struct match m;
	assert_null(FOUND(&m, "product"));
	assert_null(FOUND(&m, "products", ""));
	assert_null(FOUND(&m, "", "products"));
	assert_null(FOUND(&m, "products", "a.b", "versions"));
	assert_null(FOUND(&m, "products", "a.b", "versions", "1", "2"));
}

static void
a_written_part_goes_before_a_value_but_does_not_hide_it(void **state)
{
	(void)state;
	struct match m;
	assert_string_equal(FOUND(&m, "products", "impact"), "-");
	assert_string_equal(m.by_method[POST].route->summary, "impact");
	assert_string_equal(FOUND(&m, "products", "impact", "x", "deep"), "deep");
	/* "impact" is a place of its own, below which there is no "versions"; as a value there is.
	 */
	assert_string_equal(FOUND(&m, "products", "impact", "versions", "1"), "version");
	assert_string_equal(m.values[0], "impact");
	assert_string_equal(m.values[1], "1");
	assert_int_equal(m.value_count, 2);
}

static void
rows_are_numbered_through_the_tables(void **state)
{
	(void)state;
	struct match m;
	FOUND(&m, "products");
	assert_int_equal(m.by_method[GET].number, 1);
	assert_int_equal(m.by_method[POST].number, 2);
	FOUND(&m, "products", "impact", "x", "deep");
	assert_int_equal(m.by_method[GET].number, 6);
}

static void
assert_does_not_start(struct route row, const char *because)
{
	const struct route table[] = {first[1], row, {0}};
	const struct route *const tables[] = {table, NULL};
	const struct router *r = NULL;
	struct err e = {0};
	assert_int_equal(router_create(tables, &arena, &r, &e), ERR_INTERNAL);
	if (!strstr(e.message, because))
		fail_msg("%s", e.message);
}

static void
a_forgotten_column_does_not_start(void **state)
{
	(void)state;
	assert_does_not_start((struct route){GET, "/a", nothing, ROLE_NOBODY, ""},
			      "GET /a says nobody's role");
	assert_does_not_start((struct route){PUT, "/a", NULL, ROLE_READER, ""},
			      "PUT /a has no handler");
	assert_does_not_start((struct route){GET, "/products", nothing, ROLE_READER, ""}, "twice");
	assert_does_not_start((struct route){GET, "a", nothing, ROLE_READER, ""}, "no proper path");
	assert_does_not_start((struct route){GET, "/a//b", nothing, ROLE_READER, ""},
			      "no proper path");
	assert_does_not_start((struct route){GET, "/a/", nothing, ROLE_READER, ""},
			      "no proper path");
	assert_does_not_start((struct route){GET, "/{a}/{b}/{c}/{d}/{e}", nothing, ROLE_READER, ""},
			      "no proper path");
}

static void
two_names_for_one_value_are_the_same_path(void **state)
{
	(void)state;
	const struct route table[] = {{GET, "/a/{x}", nothing, ROLE_READER, ""},
				      {GET, "/a/{y}", nothing, ROLE_READER, ""},
				      {0}};
	const struct route *const tables[] = {table, NULL};
	const struct router *r = NULL;
	struct err e = {0};
	assert_int_equal(router_create(tables, &arena, &r, &e), ERR_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_finds_its_row_and_its_values),
	    cmocka_unit_test(what_is_not_there_is_not_found),
	    cmocka_unit_test(a_written_part_goes_before_a_value_but_does_not_hide_it),
	    cmocka_unit_test(rows_are_numbered_through_the_tables),
	    cmocka_unit_test(a_forgotten_column_does_not_start),
	    cmocka_unit_test(two_names_for_one_value_are_the_same_path),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
