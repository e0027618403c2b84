/*
 * test_readme_plugin.c -- the plugin that controlplane/plugins/README.md shows, built from that
 * page, does what it says.
 */
#include "conversation.h"

static int
begin(void **state)
{
	*state = conversation_begin(
	    "../note", "{\"product\": \"retail.accounts\", \"owner\": \"retail-data-team\"}");
	return 0;
}

static void
the_example_keeps_a_note_for_each_product(void **state)
{
	struct conversation *c = *state;
	char line[100] = "";
	assert_false(flag_of(result_twice(c, "observe"), "exists"));
	FILE *note = fopen(text_of(result_twice(c, "apply"), "location"), "r");
	assert_non_null(note);
	assert_non_null(fgets(line, sizeof line, note));
	fclose(note);
	assert_string_equal(line, "owned by retail-data-team\n");
	assert_true(flag_of(result_twice(c, "observe"), "exists"));
	result_twice(c, "destroy");
	assert_false(flag_of(result_of(c, "observe"), "exists"));
}

static void
the_example_refuses_what_leads_out_of_its_folder(void **state)
{
	struct conversation *c = *state;
	set(c, "product", "\"../x\"");
	assert_refused(c, "apply", false, "cannot name a file");
	assert_refused(c, "grant", false, "has no verb 'grant'");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, conversation_end)
	const struct CMUnitTest tests[] = {
	    TEST(the_example_keeps_a_note_for_each_product),
	    TEST(the_example_refuses_what_leads_out_of_its_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
