/*
 * test_resource_message.c -- what plugins are told, and what is remembered of what they said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resource_detail.h"
#include "resource_message.h"
#include "unit.h"

static const char document[] =
    "name: retail.accounts\n"
    "owner: retail-data-team\n"
    "domain: retail\n"
    "classification: internal\n"
    "retention: 7 years\n"
    "schema:\n"
    "  - {name: id, type: STRING, key: true, nullable: false, pii: true}\n"
    "  - {name: balance, type: 'DECIMAL(18,2)', classification: confidential}\n"
    "access:\n"
    "  - {role: analysts, level: read, columns: [id]}\n"
    "  - {role: auditors, level: read, until: '2026-06-30'}\n"
    "quality_checks:\n"
    "  - unique: id\n"
    "  - freshness: 1 hour\n";

struct desk {
	struct arena arena;
	struct descriptor descriptor;
	struct product product;
	struct resource resource;
};

static int
begin(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	struct err e;
	struct node *root = ARENA_NEW(&d->arena, struct node);
	struct violations violations = {.arena = &d->arena};
	if (document_read(DOCUMENT_YAML, document, strlen(document), NULL, &d->arena, root, &e) !=
		ERR_OK ||
	    !descriptor_decode(root, &violations, &d->descriptor)) {
		fprintf(stderr, "%s\n", violations.count ? violations.items[0].message : e.message);
		return -1;
	}
	d->product = (struct product){.name = "retail.accounts", .version = "1.2.3"};
	d->resource = (struct resource){
	    .product = "retail.accounts",
	    .role = "storage",
	    .plugin = "s3",
	    .name = "default",
	    .state = "wanted",
	    .wish = "{\"plugin\":\"s3\",\"quota\":\"10 GB\",\"settings\":{\"b\":1,\"a\":[true]}}",
	};
	*state = d;
	return 0;
}

static int
end(void **state)
{
	struct desk *d = *state;
	arena_done(&d->arena);
	free(d);
	return 0;
}

static moment
at(const char *text)
{
	moment t = 0;
	assert_true(clock_parse(text, &t));
	return t;
}

static void
a_plugin_is_told_all_that_the_contract_names(void **state)
{
	struct desk *d = *state;
	moment next;
	const char *access = resource_access(&d->descriptor, at("2026-01-01"), &d->arena, &next);
	assert_string_equal(
	    resource_message(&d->product, &d->descriptor, &d->resource, access, &d->arena),
	    "{\"product\":\"retail.accounts\",\"version\":\"1.2.3\",\"role\":\"storage\",\"name\":"
	    "\"default\","
	    "\"owner\":\"retail-data-team\",\"domain\":\"retail\",\"classification\":"
	    "\"confidential\","
	    "\"retention\":\"7 years\",\"retention_seconds\":220924800,\"quota\":\"10 GB\","
	    "\"settings\":{\"a\":[true],\"b\":1},"
	    "\"columns\":[{\"name\":\"id\",\"type\":\"STRING\",\"nullable\":false,\"key\":true,"
	    "\"pii\":true},"
	    "{\"name\":\"balance\",\"type\":\"DECIMAL(18,2)\",\"nullable\":true,\"key\":false,"
	    "\"pii\":false,"
	    "\"classification\":\"confidential\"}],"
	    "\"checks\":[{\"kind\":\"unique\",\"columns\":[\"id\"]},"
	    "{\"kind\":\"freshness\",\"columns\":[],\"within_seconds\":3600}],"
	    "\"access\":[{\"role\":\"analysts\",\"level\":\"read\",\"columns\":[\"id\"]},"
	    "{\"role\":\"auditors\",\"level\":\"read\",\"columns\":[]}]}");
}

static void
an_access_ends_with_its_last_day(void **state)
{
	struct desk *d = *state;
	moment next;
	const char *before =
	    resource_access(&d->descriptor, at("2026-06-30T23:59:59Z"), &d->arena, &next);
	assert_non_null(strstr(before, "auditors"));
	assert_true(next == at("2026-07-01"));
	const char *after =
	    resource_access(&d->descriptor, at("2026-07-01T00:00:00Z"), &d->arena, &next);
	assert_null(strstr(after, "auditors"));
	assert_non_null(strstr(after, "analysts"));
	assert_true(next == 0);
}

static void
what_is_remembered_is_read_again(void **state)
{
	struct desk *d = *state;
	struct err e;
	struct node answer, access;
	const char text[] = "{\"location\":\"/x\",\"weft\":\"not ours\"}",
		   list[] = "[{\"role\":\"analysts\"}]";
	assert_int_equal(
	    document_read(DOCUMENT_JSON, text, strlen(text), NULL, &d->arena, &answer, &e), ERR_OK);
	assert_int_equal(
	    document_read(DOCUMENT_JSON, list, strlen(list), NULL, &d->arena, &access, &e), ERR_OK);
	const struct resource_detail written = {.answer = &answer,
						.applied = "abc",
						.access = &access,
						.retention_seconds = 60,
						.tried = "def",
						.final = true,
						.note = "a note"};
	d->resource.detail = resource_detail_text(&written, &d->arena);
	struct resource_detail read = resource_detail_read(&d->resource, &d->arena);
	assert_string_equal(node_text(read.answer, "location", ""), "/x");
	assert_string_equal(read.applied, "abc");
	assert_int_equal(read.access->count, 1);
	assert_int_equal(read.retention_seconds, 60);
	assert_string_equal(read.tried, "def");
	assert_true(read.final);
	assert_string_equal(read.note, "a note");
	assert_string_equal(resource_detail_text(&read, &d->arena), d->resource.detail);
}

static void
nothing_remembered_is_nothing(void **state)
{
	struct desk *d = *state;
	struct resource_detail read = resource_detail_read(&d->resource, &d->arena);
	assert_null(read.applied);
	assert_null(read.access);
	assert_string_equal(resource_detail_text(&read, &d->arena), "{\"weft\":{}}");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(a_plugin_is_told_all_that_the_contract_names),
	    TEST(an_access_ends_with_its_last_day),
	    TEST(what_is_remembered_is_read_again),
	    TEST(nothing_remembered_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
