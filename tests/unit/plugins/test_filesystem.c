/*
 * test_filesystem.c -- the plugin "filesystem", driven through its pipes.
 */
#include <time.h>
#include <utime.h>

#include "conversation.h"

static const char wish[] =
    "{\"product\": \"retail.accounts\", \"version\": \"1.0.0\", \"role\": \"storage\", \"name\": "
    "\"default\", \"owner\": \"retail-data-team\", \"domain\": \"retail\", \"retention\": \"1 "
    "hour\", "
    "\"retention_seconds\": 3600, \"quota\": \"1 kB\", \"columns\": [], \"checks\": [], "
    "\"access\": "
    "[{\"role\": \"no-such-group-x\", \"level\": \"read\", \"columns\": []}]}";

static int
begin(void **state)
{
	*state = conversation_begin("filesystem", wish);
	return 0;
}

/* ---- helpers ---- */

static const char *
path_of(const struct conversation *c, const char *leaf, char ret_path[300])
{
	snprintf(ret_path, 300, "%s/retail.accounts/default/%s", c->root.path, leaf);
	return ret_path;
}

static bool
is_there(const struct conversation *c, const char *leaf)
{
	char path[300];
	return access(path_of(c, leaf, path), F_OK) == 0;
}

static void
put_file(const struct conversation *c, const char *leaf, size_t size, time_t age)
{
	char path[300];
	FILE *f = fopen(path_of(c, leaf, path), "w");
	assert_non_null(f);
	for (size_t i = 0; i < size; i++)
		putc('x', f);
	assert_int_equal(fclose(f), 0);
	struct utimbuf times = {time(NULL) - age, time(NULL) - age};
	assert_int_equal(utime(path, &times), 0);
}

static json_t *
manifest_of(const struct conversation *c)
{
	char path[300];
	json_error_t where;
	json_t *manifest = json_load_file(path_of(c, "manifest.json", path), 0, &where);
	if (!manifest)
		fail_msg("%s", where.text);
	return manifest;
}

static ino_t
manifest_inode(const struct conversation *c)
{
	char path[300];
	struct stat st;
	assert_int_equal(stat(path_of(c, "manifest.json", path), &st), 0);
	return st.st_ino;
}

/* ---- tests ---- */

static void
every_verb_may_be_called_twice(void **state)
{
	static const char *const verbs[] = {"describe", "validate", "observe", "plan",    "apply",
					    "observe",  "plan",     "grant",   "check",   "retain",
					    "revoke",   "grant",    "destroy", "observe", NULL};
	for (const char *const *verb = verbs; *verb; verb++)
		result_twice(*state, *verb);
}

static void
apply_makes_a_private_folder_and_a_manifest(void **state)
{
	struct conversation *c = *state;
	char path[300];
	struct stat st;
	assert_false(flag_of(result_of(c, "observe"), "exists"));
	assert_int_equal(count_of(result_of(c, "plan"), "changes"), 2);
	assert_string_equal(text_of(result_of(c, "apply"), "location"), path_of(c, "data", path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_true(flag_of(result_of(c, "observe"), "exists"));
	assert_int_equal(count_of(result_of(c, "plan"), "changes"), 0);
	json_t *manifest = manifest_of(c);
	assert_string_equal(text_of(manifest, "product"), "retail.accounts");
	assert_string_equal(text_of(manifest, "retention"), "1 hour");
	assert_string_equal(text_of(manifest, "quota"), "1 kB");
	assert_int_equal(strlen(text_of(manifest, "created")), 20);
	json_decref(manifest);
}

static void
the_manifest_is_written_again_only_for_a_new_wish(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	ino_t first = manifest_inode(c);
	json_t *before = manifest_of(c);
	result_of(c, "apply");
	assert_int_equal(manifest_inode(c), first);
	set(c, "version", "\"1.1.0\"");
	assert_int_equal(count_of(result_of(c, "plan"), "changes"), 1);
	result_of(c, "apply");
	json_t *after = manifest_of(c);
	assert_string_equal(text_of(after, "version"), "1.1.0");
	assert_string_equal(text_of(after, "created"), text_of(before, "created"));
	json_decref(before);
	json_decref(after);
}

static void
a_damaged_manifest_is_made_again(void **state)
{
	struct conversation *c = *state;
	char path[300];
	result_of(c, "apply");
	FILE *f = fopen(path_of(c, "manifest.json", path), "w");
	fputs("{\"product\": ", f);
	fclose(f);
	assert_false(flag_of(result_of(c, "observe"), "exists"));
	result_of(c, "apply");
	assert_true(flag_of(result_of(c, "observe"), "exists"));
	json_decref(manifest_of(c));
}

static void
the_quota_is_measured_and_turns_the_check_red(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	put_file(c, "data/a", 1000, 0);
	assert_true(flag_of(result_of(c, "check"), "passed"));
	put_file(c, "data/b", 1, 0);
	json_t *seen = result_of(c, "observe");
	assert_int_equal(number_of(seen, "bytes"), 1001);
	assert_int_equal(number_of(seen, "files"), 2);
	assert_true(flag_of(seen, "over_quota"));
	json_t *checked = result_of(c, "check");
	assert_false(flag_of(checked, "passed"));
	json_t *check = json_array_get(json_object_get(checked, "checks"), 0);
	assert_string_equal(text_of(check, "check"), "quota");
	assert_string_equal(text_of(check, "message"), "quota: 1001 of 1000 bytes are used");
}

static void
without_a_quota_there_is_nothing_to_check(void **state)
{
	struct conversation *c = *state;
	json_object_del(c->resource, "quota");
	result_of(c, "apply");
	assert_int_equal(count_of(result_of(c, "check"), "checks"), 0);
}

static void
retain_removes_what_is_older_and_nothing_else(void **state)
{
	struct conversation *c = *state;
	char path[300];
	result_of(c, "apply");
	assert_int_equal(mkdir(path_of(c, "data/deep", path), 0750), 0);
	put_file(c, "data/old", 1, 4000);
	put_file(c, "data/deep/old", 1, 4000);
	put_file(c, "data/new", 1, 3000);
	assert_int_equal(number_of(result_of(c, "retain"), "removed"), 2);
	assert_false(is_there(c, "data/old"));
	assert_false(is_there(c, "data/deep/old"));
	assert_true(is_there(c, "data/new"));
	assert_int_equal(number_of(result_of(c, "retain"), "removed"), 0);
}

static void
without_a_retention_nothing_is_removed(void **state)
{
	struct conversation *c = *state;
	json_object_del(c->resource, "retention_seconds");
	result_of(c, "apply");
	put_file(c, "data/old", 1, 400000);
	assert_int_equal(number_of(result_of(c, "retain"), "removed"), 0);
	assert_true(is_there(c, "data/old"));
}

static void
access_is_recorded_and_says_when_it_is_not_enforced(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	json_t *entry = json_array_get(json_object_get(result_of(c, "grant"), "access"), 0);
	assert_false(flag_of(entry, "enforced"));
	assert_non_null(strstr(text_of(entry, "note"), "recorded only"));
	json_t *manifest = manifest_of(c);
	assert_int_equal(count_of(manifest, "access"), 1);
	json_decref(manifest);
	result_of(c, "revoke");
	manifest = manifest_of(c);
	assert_int_equal(count_of(manifest, "access"), 0);
	json_decref(manifest);
}

static void
a_grant_names_all_who_have_access(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	result_of(c, "grant");
	set(c, "access", "[{\"role\": \"another\", \"level\": \"read\", \"columns\": []}]");
	result_of(c, "grant");
	json_t *manifest = manifest_of(c);
	assert_int_equal(count_of(manifest, "access"), 1);
	assert_string_equal(text_of(json_array_get(json_object_get(manifest, "access"), 0), "role"),
			    "another");
	json_decref(manifest);
}

static void
no_name_and_no_link_leads_out_of_the_root(void **state)
{
	static const char *const bad[] = {"\"../outside\"", "\"a/b\"", "\"/etc\"",
					  "\".\"",          "\"\"",    NULL};
	struct conversation *c = *state;
	char path[300], outside[300];
	for (const char *const *name = bad; *name; name++) {
		set(c, "product", *name);
		assert_refused(c, "apply", false, "cannot name a folder");
		assert_refused(c, "destroy", false, "cannot name a folder");
		set(c, "product", "\"retail.accounts\"");
		set(c, "name", *name);
		assert_refused(c, "apply", false, "cannot name a folder");
		set(c, "name", "\"default\"");
	}
	result_of(c, "apply");
	result_of(c, "destroy");
	snprintf(outside, sizeof outside, "%s/elsewhere", c->root.path);
	snprintf(path, sizeof path, "%s/retail.accounts", c->root.path);
	assert_int_equal(mkdir(outside, 0755), 0);
	assert_int_equal(symlink(outside, path), 0);
	assert_refused(c, "apply", false, "symbolic link");
	assert_refused(c, "observe", false, "symbolic link");
	assert_refused(c, "destroy", false, "symbolic link");
	assert_int_equal(rmdir(outside), 0); /* nothing was put there */
}

static void
destroying_does_not_follow_links_in_the_data(void **state)
{
	struct conversation *c = *state;
	char path[300], kept[300];
	result_of(c, "apply");
	snprintf(kept, sizeof kept, "%s/kept", c->root.path);
	assert_int_equal(mkdir(kept, 0755), 0);
	assert_int_equal(symlink(kept, path_of(c, "data/link", path)), 0);
	put_file(c, "data/x", 10, 0);
	result_of(c, "destroy");
	assert_false(is_there(c, ""));
	assert_int_equal(access(kept, F_OK), 0);
}

static void
a_product_keeps_its_other_bucket(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	set(c, "name", "\"archive\"");
	result_of(c, "apply");
	result_of(c, "destroy");
	assert_true(is_there(c, "data"));
	set(c, "name", "\"default\"");
	result_of(c, "destroy");
	assert_int_equal(rmdir(c->root.path), 0);
	assert_int_equal(mkdir(c->root.path, 0700), 0);
}

static void
a_wish_that_cannot_be_granted_is_refused_for_good(void **state)
{
	struct conversation *c = *state;
	set(c, "quota", "\"a lot\"");
	assert_refused(c, "validate", false, "'a lot' is no amount");
	set(c, "quota", "\"10 GB\"");
	set(c, "settings", "{\"colour\": \"blue\"}");
	assert_refused(c, "validate", false, "no setting 'colour'");
	json_object_del(c->resource, "settings");
	set(c, "role", "\"compute\"");
	assert_refused(c, "validate", false, "gives storage, not compute");
}

static void
access_to_what_is_not_there_may_be_tried_again(void **state)
{
	assert_refused(*state, "grant", true, "not there yet");
}

static void
killed_at_any_moment_it_ends_where_it_should(void **state)
{
	struct conversation *c = *state;
	for (int i = 0; i < 30; i++) {
		char version[32];
		snprintf(version, sizeof version, "\"1.0.%d\"", i);
		set(c, "version", version);
		send_request(c, "apply");
		usleep((useconds_t)(i * 67 % 1500));
		kill_plugin(c);
		plugin_start(c);
		result_of(c, "apply");
		assert_true(flag_of(result_of(c, "observe"), "exists"));
		json_t *manifest = manifest_of(c);
		assert_int_equal(
		    strncmp(text_of(manifest, "version"), version + 1, strlen(version) - 2), 0);
		json_decref(manifest);
	}
}

static void
a_line_that_is_too_long_is_refused_and_the_next_is_answered(void **state)
{
	struct conversation *c = *state;
	char *line = malloc(1100001);
	memset(line, ' ', 1100000);
	line[1100000] = '\0';
	send_line(c, line);
	free(line);
	json_t *refused = read_answer(c);
	assert_true(json_is_null(json_object_get(refused, "id")));
	assert_true(json_is_false(json_object_get(refused, "ok")));
	result_of(c, "describe");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, conversation_end)
	const struct CMUnitTest tests[] = {
	    TEST(every_verb_may_be_called_twice),
	    TEST(apply_makes_a_private_folder_and_a_manifest),
	    TEST(the_manifest_is_written_again_only_for_a_new_wish),
	    TEST(a_damaged_manifest_is_made_again),
	    TEST(the_quota_is_measured_and_turns_the_check_red),
	    TEST(without_a_quota_there_is_nothing_to_check),
	    TEST(retain_removes_what_is_older_and_nothing_else),
	    TEST(without_a_retention_nothing_is_removed),
	    TEST(access_is_recorded_and_says_when_it_is_not_enforced),
	    TEST(a_grant_names_all_who_have_access),
	    TEST(no_name_and_no_link_leads_out_of_the_root),
	    TEST(destroying_does_not_follow_links_in_the_data),
	    TEST(a_product_keeps_its_other_bucket),
	    TEST(a_wish_that_cannot_be_granted_is_refused_for_good),
	    TEST(access_to_what_is_not_there_may_be_tried_again),
	    TEST(killed_at_any_moment_it_ends_where_it_should),
	    TEST(a_line_that_is_too_long_is_refused_and_the_next_is_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
