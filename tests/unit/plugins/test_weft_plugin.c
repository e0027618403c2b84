/*
 * test_weft_plugin.c -- the SDK: what it answers to good requests and to bad ones.
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "weft_plugin.h"

/* ---- a plugin whose verbs do what their names say ---- */

static json_t *
greet(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	(void)failure;
	return json_pack("{s:s, s:s}", "hello", weft_text(resource, "product", "?"), "root",
			 weft_text(settings, "root", "nowhere"));
}

static json_t *
fail_at_length(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	char text[700] = "";
	(void)resource, (void)settings;
	memset(text, 'x', 498);
	memcpy(text + 498, "\xc3\xa9\xc3\xa9",
	       5); /* the message's room ends inside the first of them */
	return weft_fail(failure, true, "%s", text);
}

static json_t *
fail_silently(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	(void)resource, (void)settings, (void)failure;
	return NULL;
}

static json_t *
say_too_much(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	json_t *list = json_array();
	(void)resource, (void)settings, (void)failure;
	for (int i = 0; i < 300000; i++)
		json_array_append_new(list, json_integer(1234567));
	return json_pack("{s:o}", "list", list);
}

static const char *const roles[] = {"storage", NULL};

static const struct weft_plugin toy = {
    .name = "toy",
    .description = "A toy.",
    .roles = roles,
    .settings_schema = "{\"type\": \"object\"}",
    .apply = greet,
    .destroy = fail_at_length,
    .observe = fail_silently,
    .check = say_too_much,
};

/* ---- helpers ---- */

static json_t *
answer_to(const char *line)
{
	json_error_t where;
	char *text = weft_plugin_answer(&toy, line, strlen(line));
	assert_non_null(text);
	assert_null(strchr(text, '\n'));
	json_t *answer = json_loads(text, 0, &where);
	if (!answer)
		fail_msg("'%s': %s", text, where.text);
	free(text);
	return answer;
}

static void
assert_failure(const char *line, int id, const char *part)
{
	json_t *answer = answer_to(line);
	json_t *error = json_object_get(answer, "error");
	const char *message = json_string_value(json_object_get(error, "message"));
	assert_true(json_is_false(json_object_get(answer, "ok")));
	assert_non_null(message);
	if (!strstr(message, part))
		fail_msg("'%s' is not in '%s'", part, message);
	if (id)
		assert_int_equal(json_integer_value(json_object_get(answer, "id")), id);
	else
		assert_true(json_is_null(json_object_get(answer, "id")));
	json_decref(answer);
}

/* ---- requests ---- */

static void
a_verb_gets_resource_and_settings(void **state)
{
	(void)state;
	json_t *answer =
	    answer_to("{\"id\": 9, \"verb\": \"apply\", \"resource\": {\"product\": \"a.b\"}, "
		      "\"settings\": {\"root\": \"/r\"}}");
	const json_t *result = json_object_get(answer, "result");
	assert_true(json_is_true(json_object_get(answer, "ok")));
	assert_int_equal(json_integer_value(json_object_get(answer, "id")), 9);
	assert_string_equal(weft_text(result, "hello", ""), "a.b");
	assert_string_equal(weft_text(result, "root", ""), "/r");
	json_decref(answer);
}

static void
describe_is_answered_from_the_table(void **state)
{
	(void)state;
	json_t *answer = answer_to("{\"id\": 1, \"verb\": \"describe\"}");
	const json_t *result = json_object_get(answer, "result");
	json_t *verbs = json_pack("[s, s, s, s]", "observe", "apply", "destroy", "check");
	assert_string_equal(weft_text(result, "name", ""), "toy");
	assert_true(json_equal(json_object_get(result, "verbs"), verbs));
	assert_int_equal(json_array_size(json_object_get(result, "roles")), 1);
	assert_true(json_is_object(json_object_get(result, "settings_schema")));
	json_decref(verbs);
	json_decref(answer);
}

static void
a_bad_request_is_answered_and_says_why(void **state)
{
	(void)state;
	assert_failure("", 0, "no JSON");
	assert_failure("nonsense", 0, "no JSON");
	assert_failure("{\"id\": 1, \"id\": 2}", 0, "no JSON");
	assert_failure("[]", 0, "id");
	assert_failure("{\"id\": \"seven\", \"verb\": \"apply\"}", 0, "id");
	assert_failure("{\"id\": 3}", 3, "verb");
	assert_failure("{\"id\": 4, \"verb\": \"dance\"}", 4, "has no verb 'dance'");
	assert_failure("{\"id\": 5, \"verb\": \"grant\", \"resource\": {}}", 5,
		       "has no verb 'grant'");
	assert_failure("{\"id\": 6, \"verb\": \"apply\"}", 6, "resource");
	assert_failure("{\"id\": 7, \"verb\": \"apply\", \"resource\": {}, \"settings\": 1}", 7,
		       "settings");
}

static void
a_failure_without_words_says_that(void **state)
{
	(void)state;
	assert_failure("{\"id\": 1, \"verb\": \"observe\", \"resource\": {}}", 1,
		       "without saying why");
}

static void
a_message_cut_inside_a_character_is_still_text(void **state)
{
	(void)state;
	assert_failure("{\"id\": 1, \"verb\": \"destroy\", \"resource\": {}}", 1, "xxx?");
}

static void
an_answer_that_is_too_long_is_replaced_by_a_failure(void **state)
{
	(void)state;
	assert_failure("{\"id\": 8, \"verb\": \"check\", \"resource\": {}}", 8, "longer than");
}

/* ---- shortcuts ---- */

static void
amounts_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		json_int_t bytes; /* 0: none */
	} rows[] = {
	    {"1 B", 1},
	    {"500 MB", 500000000},
	    {"10GB", 10000000000},
	    {"8 GiB", 8589934592},
	    {"1.5 kB", 1500},
	    {"2 pb", 2000000000000000},
	    {"0 GB", 0},
	    {"", 0},
	    {"GB", 0},
	    {"10", 0},
	    {"-1 GB", 0},
	    {"1e3 GB", 0},
	    {"0x10 GB", 0},
	    {"1. GB", 0},
	    {"10 GBs", 0},
	    {"99999999999 PB", 0},
	    {"inf GB", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_int_t bytes = 0;
		bool well = weft_bytes(rows[i].text, &bytes);
		if (well != (rows[i].bytes > 0) || bytes != rows[i].bytes)
			fail_msg("'%s' gives %lld", rows[i].text, (long long)bytes);
	}
}

static void
a_name_leads_out_of_no_folder(void **state)
{
	static const char *const good[] = {"a", "retail.customer_accounts", "x-1", "A_b", NULL};
	static const char *const bad[] = {"",        ".",   "..",   "../x", "a/b",      "/a",
					  ".hidden", "a b", "a\\b", "a\nb", "\xc3\xa9", NULL};
	char long_name[202] = "";
	(void)state;
	for (const char *const *name = good; *name; name++)
		assert_true(weft_is_name(*name));
	for (const char *const *name = bad; *name; name++)
		assert_false(weft_is_name(*name));
	memset(long_name, 'x', 201);
	assert_false(weft_is_name(long_name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_verb_gets_resource_and_settings),
	    cmocka_unit_test(describe_is_answered_from_the_table),
	    cmocka_unit_test(a_bad_request_is_answered_and_says_why),
	    cmocka_unit_test(a_failure_without_words_says_that),
	    cmocka_unit_test(a_message_cut_inside_a_character_is_still_text),
	    cmocka_unit_test(an_answer_that_is_too_long_is_replaced_by_a_failure),
	    cmocka_unit_test(amounts_are_read_as_people_write_them),
	    cmocka_unit_test(a_name_leads_out_of_no_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
