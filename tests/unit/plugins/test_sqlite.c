/*
 * test_sqlite.c -- the plugin "sqlite", driven through its pipes; rows come in as its users bring
 * them, through SQLite.
 */
#include <sqlite3.h>

#include "conversation.h"

static const char wish[] = "{\"product\": \"retail.customer_accounts\", \"version\": \"1.0.0\", "
			   "\"role\": \"storage\", \"name\": "
			   "\"default\", \"owner\": \"retail-data-team\", \"domain\": \"retail\", "
			   "\"retention_seconds\": 86400, "
			   "\"columns\": [{\"name\": \"account_id\", \"type\": \"STRING\", "
			   "\"nullable\": true, \"key\": false, \"pii\": true}, "
			   "{\"name\": \"balance\", \"type\": \"DECIMAL(18,2)\", \"nullable\": "
			   "true, \"key\": false, \"pii\": false}, "
			   "{\"name\": \"opened\", \"type\": \"DATE\", \"nullable\": true, "
			   "\"key\": false, \"pii\": false}], "
			   "\"checks\": [{\"kind\": \"unique\", \"columns\": [\"account_id\"]}, "
			   "{\"kind\": \"not_null\", \"columns\": "
			   "[\"account_id\", \"balance\"]}, {\"kind\": \"freshness\", \"columns\": "
			   "[], \"within_seconds\": 3600}], "
			   "\"access\": [{\"role\": \"retail-analysts\", \"level\": \"read\", "
			   "\"columns\": [\"account_id\"]}]}";

static int
begin(void **state)
{
	*state = conversation_begin("sqlite", wish);
	return 0;
}

/* ---- helpers ---- */

static const char *
file_of(const struct conversation *c, char ret_path[300])
{
	snprintf(ret_path, 300, "%s/retail.customer_accounts.db", c->root.path);
	return ret_path;
}

/* What a query's first column gives, row by row with commas between. */
static int
append_row(void *user, int count, char **values, char **names)
{
	char *text = user;
	(void)count, (void)names;
	size_t used = strlen(text);
	snprintf(text + used, 1000 - used, "%s%s", used ? "," : "", values[0] ? values[0] : "NULL");
	return 0;
}

static const char *
sql(const struct conversation *c, const char *statements, char ret_text[1000])
{
	sqlite3 *db;
	char path[300], *message = NULL;
	ret_text[0] = '\0';
	assert_int_equal(sqlite3_open_v2(file_of(c, path), &db, SQLITE_OPEN_READWRITE, NULL),
			 SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, statements, append_row, ret_text, &message) != SQLITE_OK)
		fail_msg("%s: %s", statements, message);
	sqlite3_close(db);
	return ret_text;
}

static void
assert_sql(const struct conversation *c, const char *query, const char *expected)
{
	char text[1000];
	assert_string_equal(sql(c, query, text), expected);
}

static void
run_sql(const struct conversation *c, const char *statements)
{
	char text[1000];
	sql(c, statements, text);
}

/* The n-th of the results of a check. */
static json_t *
checked(struct conversation *c, size_t n)
{
	return json_array_get(json_object_get(result_of(c, "check"), "checks"), n);
}

static void
set_columns(struct conversation *c, const char *version, const char *columns)
{
	set(c, "version", version);
	set(c, "columns", columns);
}

/* ---- making ---- */

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
apply_makes_a_table_with_exactly_the_columns(void **state)
{
	struct conversation *c = *state;
	char path[300];
	assert_false(flag_of(result_of(c, "observe"), "exists"));
	json_t *made = result_of(c, "apply");
	assert_string_equal(text_of(made, "location"), file_of(c, path));
	assert_string_equal(text_of(made, "table"), "customer_accounts");
	assert_true(flag_of(result_of(c, "observe"), "exists"));
	assert_int_equal(count_of(result_of(c, "plan"), "changes"), 0);
	assert_sql(c, "SELECT name || ' ' || type FROM pragma_table_info('customer_accounts')",
		   "account_id TEXT,balance NUMERIC,opened TEXT");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a1', 10.5, '2024-01-01')");
	assert_sql(c, "SELECT count(*) FROM customer_accounts", "1");
	assert_sql(c, "SELECT count(*) FROM weft_checks", "3");
}

static void
keys_and_required_columns_are_constraints(void **state)
{
	struct conversation *c = *state;
	set(c, "columns",
	    "[{\"name\": \"a\", \"type\": \"INTEGER\", \"key\": true}, {\"name\": \"b\", \"type\": "
	    "\"STRING\", \"key\": true}, {\"name\": \"c d\", \"type\": \"BOOLEAN\", \"nullable\": "
	    "false}]");
	set(c, "checks", "[]");
	set(c, "access", "[]");
	result_of(c, "apply");
	assert_sql(c,
		   "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk FROM "
		   "pragma_table_info('customer_accounts')",
		   "a INTEGER 1 1,b TEXT 1 2,c d INTEGER 1 0");
}

static void
hostile_names_are_only_names(void **state)
{
	struct conversation *c = *state;
	set(c, "columns",
	    "[{\"name\": \"x\\\"); DROP TABLE weft_about; --\", \"type\": \"STRING\"}]");
	set(c, "checks",
	    "[{\"kind\": \"unique\", \"columns\": [\"x\\\"); DROP TABLE weft_about; --\"]}]");
	set(c, "access",
	    "[{\"role\": \"r\\\"; DROP TABLE weft_about; --'\", \"level\": \"read\", \"columns\": "
	    "[]}]");
	result_twice(c, "apply");
	result_twice(c, "grant");
	assert_true(flag_of(result_twice(c, "check"), "passed"));
	result_twice(c, "revoke");
	assert_sql(c, "SELECT count(*) FROM weft_about", "3");
}

static void
no_name_leads_out_of_the_root(void **state)
{
	static const char *const bad[] = {"\"../outside\"", "\"a/b\"", "\"/etc/x\"",
					  "\"a-b\"",        "\"\"",    NULL};
	struct conversation *c = *state;
	for (const char *const *name = bad; *name; name++) {
		set(c, "product", *name);
		assert_refused(c, "apply", false, "cannot name a file");
		assert_refused(c, "destroy", false, "cannot name a file");
	}
	set(c, "product", "\"a.weft_about\"");
	assert_refused(c, "validate", false, "reserved");
}

static void
a_link_in_place_of_the_file_is_not_followed(void **state)
{
	struct conversation *c = *state;
	char path[300], target[300];
	snprintf(target, sizeof target, "%s/target", c->root.path);
	assert_int_equal(symlink(target, file_of(c, path)), 0);
	assert_refused(c, "apply", true, "creating");
	assert_int_not_equal(access(target, F_OK), 0);
}

static void
a_wish_that_cannot_be_granted_is_refused_for_good(void **state)
{
	struct conversation *c = *state;
	set(c, "settings", "{\"retention_column\": \"nothing\"}");
	assert_refused(c, "validate", false, "no column 'nothing'");
	set(c, "settings", "{\"colour\": 1}");
	assert_refused(c, "validate", false, "no setting 'colour'");
	json_object_del(c->resource, "settings");
	set(c, "quota", "\"much\"");
	assert_refused(c, "validate", false, "'much' is no amount");
	json_object_del(c->resource, "quota");
	set(c, "columns",
	    "[{\"name\": \"Id\", \"type\": \"STRING\"}, {\"name\": \"id\", \"type\": \"STRING\"}]");
	assert_refused(c, "validate", false, "one name for SQLite");
	set(c, "columns", "[]");
	assert_refused(c, "validate", false, "1 to 2000 columns");
	assert_refused(c, "apply", false, "1 to 2000 columns");
}

/* ---- checks ---- */

static void
one_row_turns_a_green_check_red(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a1', 1, '2024-01-01'), ('a2', 2, "
		   "'2024-01-01')");
	assert_true(flag_of(result_twice(c, "check"), "passed"));
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a1', 3, '2024-01-01')");
	assert_false(flag_of(result_twice(c, "check"), "passed"));
	json_t *unique = checked(c, 0);
	assert_false(flag_of(unique, "passed"));
	assert_int_equal(number_of(unique, "failing"), 1);
	assert_string_equal(text_of(unique, "message"),
			    "unique(account_id): 1 value occurs more than once, for example 2 rows "
			    "share one value");
	assert_true(flag_of(checked(c, 1), "passed"));
	run_sql(c, "DELETE FROM customer_accounts WHERE balance = 3");
	assert_true(flag_of(result_of(c, "check"), "passed"));
}

static void
missing_values_are_counted(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES (NULL, 1, ''), ('a', NULL, ''), (NULL, "
		   "NULL, ''), (NULL, 2, '')");
	json_t *not_null = checked(c, 1);
	assert_int_equal(number_of(not_null, "failing"), 4);
	assert_string_equal(text_of(not_null, "message"),
			    "not_null(account_id, balance): 4 rows have no value");
	assert_true(flag_of(checked(c, 0), "passed")); /* NULLs are not equal */
}

static void
freshness_is_the_time_of_the_last_load(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	assert_string_equal(text_of(checked(c, 2), "message"),
			    "freshness: nothing was ever loaded");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 1, '')");
	assert_true(flag_of(checked(c, 2), "passed"));
	run_sql(c, "UPDATE weft_loads SET loaded_at = '2020-01-01T00:00:00Z'");
	json_t *stale = checked(c, 2);
	assert_false(flag_of(stale, "passed"));
	assert_true(number_of(stale, "observed") > 86400);
	run_sql(c, "UPDATE customer_accounts SET balance = 2");
	assert_true(flag_of(checked(c, 2), "passed"));
}

static void
a_load_counts_whatever_conflict_clause_it_has(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT OR IGNORE INTO customer_accounts VALUES ('a', 1, '')");
	assert_true(flag_of(checked(c, 2), "passed"));
}

static void
freshness_may_be_judged_by_a_column(void **state)
{
	struct conversation *c = *state;
	set(c, "checks",
	    "[{\"kind\": \"freshness\", \"columns\": [\"opened\"], \"within_seconds\": 172800}]");
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 1, '2020-01-01')");
	assert_false(flag_of(checked(c, 0), "passed"));
	run_sql(c,
		"INSERT INTO customer_accounts VALUES ('b', 1, date('now')), ('c', 1, 'no date')");
	assert_true(flag_of(checked(c, 0), "passed"));
}

static void
values_ranges_and_counts_are_checked(void **state)
{
	struct conversation *c = *state;
	set(c, "checks",
	    "[{\"kind\": \"accepted_values\", \"columns\": [\"account_id\"], \"values\": [\"a\", "
	    "\"b\"]}, "
	    "{\"kind\": \"range\", \"columns\": [\"balance\"], \"least\": 0, \"most\": 10}, "
	    "{\"kind\": \"range\", \"columns\": [\"balance\"], \"least\": -5}, "
	    "{\"kind\": \"row_count\", \"columns\": [], \"least\": 2, \"most\": 3}, "
	    "{\"kind\": \"telepathy\", \"columns\": []}]");
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 1, ''), ('b', NULL, '')");
	assert_true(flag_of(checked(c, 0), "passed"));
	assert_true(flag_of(checked(c, 1), "passed"));
	assert_true(flag_of(checked(c, 3), "passed"));
	run_sql(c, "INSERT INTO customer_accounts VALUES ('z', 11, ''), (NULL, 'much', '')");
	assert_int_equal(number_of(checked(c, 0), "failing"), 1);
	assert_int_equal(number_of(checked(c, 1), "failing"), 2);
	assert_int_equal(number_of(checked(c, 2), "failing"), 1);
	assert_int_equal(number_of(checked(c, 3), "observed"), 4);
	assert_false(flag_of(checked(c, 3), "passed"));
	assert_non_null(strstr(text_of(checked(c, 4), "message"), "not judged"));
	assert_false(flag_of(checked(c, 4), "passed"));
}

static void
results_hold_no_values(void **state)
{
	struct conversation *c = *state;
	set(c, "checks",
	    "[{\"kind\": \"unique\", \"columns\": [\"account_id\"]}, {\"kind\": "
	    "\"accepted_values\", \"columns\": "
	    "[\"account_id\"], \"values\": [\"x\"]}, {\"kind\": \"freshness\", \"columns\": "
	    "[\"account_id\"], "
	    "\"within_seconds\": 1}]");
	result_of(c, "apply");
	run_sql(
	    c,
	    "INSERT INTO customer_accounts VALUES ('secret-4711', 1, ''), ('secret-4711', 2, ''), "
	    "('1999-12-31', 3, '')");
	ask(c, "check");
	char *text = json_dumps(c->answer, 0);
	assert_null(strstr(text, "secret-4711"));
	assert_null(strstr(text, "observed")); /* the age of a personal date is that date */
	free(text);
}

static void
a_check_of_a_column_that_is_not_there_fails(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	set(c, "checks", "[{\"kind\": \"not_null\", \"columns\": [\"nowhere\"]}]");
	assert_non_null(strstr(text_of(checked(c, 0), "message"), "not judged: no such column"));
	assert_false(flag_of(checked(c, 0), "passed"));
}

static void
a_check_that_takes_too_long_is_stopped(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
		   "20000) INSERT INTO "
		   "customer_accounts SELECT 'a' || i, i, '' FROM n");
	c->deadline = 0;
	json_t *result = json_object_get(ask(c, "check"), "result");
	json_t *check = json_array_get(json_object_get(result, "checks"), 0);
	if (check)
		assert_non_null(strstr(text_of(check, "message"), "not judged: it took longer"));
	else
		assert_non_null(strstr(text_of(json_object_get(c->answer, "error"), "message"),
				       "longer than allowed"));
}

static void
the_size_is_checked_when_there_is_a_quota(void **state)
{
	struct conversation *c = *state;
	set(c, "checks", "[]");
	set(c, "quota", "\"1 MB\"");
	result_of(c, "apply");
	assert_true(flag_of(checked(c, 0), "passed"));
	set(c, "quota", "\"4 kB\"");
	assert_false(flag_of(checked(c, 0), "passed"));
	assert_true(flag_of(result_of(c, "observe"), "over_quota"));
}

/* ---- a new version of the product ---- */

static void
added_columns_are_appended_and_rows_stay(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 1, 'x')");
	set_columns(
	    c, "\"1.1.0\"",
	    "[{\"name\": \"account_id\", \"type\": \"STRING\"}, {\"name\": \"balance\", \"type\": "
	    "\"DECIMAL(20,2)\"}, {\"name\": \"opened\", \"type\": \"DATE\"}, {\"name\": \"iban\", "
	    "\"type\": \"VARCHAR(34)\"}]");
	json_t *changes = json_object_get(result_of(c, "plan"), "changes");
	assert_string_equal(json_string_value(json_array_get(changes, 0)), "add column 'iban'");
	result_twice(c, "apply");
	assert_int_equal(count_of(result_of(c, "plan"), "changes"), 0);
	run_sql(c, "INSERT INTO customer_accounts VALUES ('b', 2, 'y', 'DE00')");
	assert_sql(c, "SELECT account_id || coalesce(iban, '-') FROM customer_accounts",
		   "a-,bDE00");
	assert_sql(c, "SELECT count(*) FROM weft_archives", "0");
}

static void
removed_and_retyped_columns_keep_the_old_table(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	result_of(c, "grant");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('17', 1, 'x')");
	run_sql(c, "UPDATE weft_loads SET loaded_at = '2020-01-01T00:00:00Z'");
	set_columns(
	    c, "\"2.0.0\"",
	    "[{\"name\": \"account_id\", \"type\": \"INTEGER\"}, {\"name\": \"balance\", \"type\": "
	    "\"DECIMAL(18,2)\"}]");
	result_twice(c, "apply");
	result_twice(c, "grant");
	assert_sql(c, "SELECT typeof(account_id) || balance FROM customer_accounts", "integer1");
	assert_sql(c, "SELECT account_id || opened FROM customer_accounts_v1_0_0", "17x");
	assert_sql(c, "SELECT name || version FROM weft_archives", "customer_accounts_v1_0_01.0.0");
	assert_sql(c, "SELECT loaded_at FROM weft_loads",
		   "2020-01-01T00:00:00Z"); /* moving rows is no load */
	assert_sql(c, "SELECT count(*) FROM \"customer_accounts__retail-analysts\"", "1");
	run_sql(c, "INSERT INTO customer_accounts VALUES (18, 2)");
	assert_sql(c, "SELECT count(*) FROM customer_accounts_v1_0_0", "1");
	assert_sql(c, "SELECT loaded_at > '2021' FROM weft_loads", "1");
}

static void
an_older_table_of_the_same_version_is_not_overwritten(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	set(c, "checks", "[]");
	set_columns(c, "\"1.0.0\"", "[{\"name\": \"account_id\", \"type\": \"STRING\"}]");
	result_of(c, "apply");
	set_columns(c, "\"1.0.0\"", "[{\"name\": \"other\", \"type\": \"STRING\"}]");
	result_of(c, "apply");
	assert_sql(c, "SELECT name FROM weft_archives ORDER BY name",
		   "customer_accounts_v1_0_0,customer_accounts_v1_0_0_2");
}

static void
a_column_in_the_middle_keeps_the_order_and_no_old_table(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 1, 'x')");
	set_columns(
	    c, "\"1.1.0\"",
	    "[{\"name\": \"account_id\", \"type\": \"STRING\"}, {\"name\": \"iban\", \"type\": "
	    "\"STRING\"}, {\"name\": \"balance\", \"type\": \"DECIMAL(18,2)\"}, {\"name\": "
	    "\"opened\", "
	    "\"type\": \"DATE\"}]");
	result_twice(c, "apply");
	assert_sql(c, "SELECT name FROM pragma_table_info('customer_accounts')",
		   "account_id,iban,balance,opened");
	assert_sql(c, "SELECT balance || opened FROM customer_accounts", "1x");
	assert_sql(c, "SELECT count(*) FROM weft_archives", "0");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 'i', 1, 'x')");
	assert_false(flag_of(checked(c, 0), "passed"));
}

static void
rows_that_do_not_fit_stop_the_change_and_stay(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', NULL, 'x')");
	set_columns(
	    c, "\"2.0.0\"",
	    "[{\"name\": \"account_id\", \"type\": \"STRING\"}, {\"name\": \"balance\", \"type\": "
	    "\"DECIMAL(18,2)\", \"nullable\": false}, {\"name\": \"opened\", \"type\": \"DATE\"}]");
	assert_refused(c, "apply", true, "NOT NULL constraint failed: customer_accounts.balance");
	assert_sql(c, "SELECT account_id FROM customer_accounts", "a");
	assert_sql(c, "SELECT value FROM weft_about WHERE key = 'version'", "1.0.0");
	run_sql(c, "UPDATE customer_accounts SET balance = 0");
	result_of(c, "apply");
	assert_sql(
	    c,
	    "SELECT \"notnull\" FROM pragma_table_info('customer_accounts') WHERE name = 'balance'",
	    "1");
}

static void
killed_at_any_moment_no_row_is_lost(void **state)
{
	struct conversation *c = *state;
	static const char *const columns[] = {
	    "[{\"name\": \"account_id\", \"type\": \"STRING\"}, {\"name\": \"balance\", \"type\": "
	    "\"DECIMAL(18,2)\"}]",
	    "[{\"name\": \"account_id\", \"type\": \"STRING\"}, {\"name\": \"balance\", \"type\": "
	    "\"STRING\"}]",
	};
	set(c, "checks", "[]");
	set(c, "columns", columns[0]);
	result_of(c, "apply");
	run_sql(c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
		   "INSERT INTO "
		   "customer_accounts SELECT 'a' || i, i FROM n");
	for (int i = 1; i <= 14; i++) {
		char version[32];
		snprintf(version, sizeof version, "\"%d.0.0\"", i + 1);
		set_columns(c, version, columns[i % 2]);
		send_request(c, "apply");
		usleep((useconds_t)(i * 1373 % 20000));
		kill_plugin(c);
		plugin_start(c);
		result_of(c, "apply");
		assert_sql(c, "PRAGMA integrity_check", "ok");
		assert_sql(c, "SELECT count(*) FROM customer_accounts", "1000");
		assert_sql(c,
			   "SELECT type FROM pragma_table_info('customer_accounts') WHERE name = "
			   "'balance'",
			   i % 2 ? "TEXT" : "NUMERIC");
		assert_int_equal(count_of(result_of(c, "plan"), "changes"), 0);
	}
	assert_sql(c, "SELECT count(*) FROM weft_archives", "14");
}

/* ---- access, compute, retention, the end ---- */

static void
a_role_sees_its_columns_in_a_view(void **state)
{
	struct conversation *c = *state;
	assert_refused(c, "grant", true, "not there yet");
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('a', 1, 'x')");
	result_of(c, "grant");
	assert_sql(c, "SELECT name FROM pragma_table_info('customer_accounts__retail-analysts')",
		   "account_id");
	set(c, "access", "[{\"role\": \"risk\", \"level\": \"read\", \"columns\": []}]");
	result_of(c, "grant");
	assert_sql(c, "SELECT name FROM sqlite_schema WHERE type = 'view'",
		   "customer_accounts__risk");
	assert_sql(c, "SELECT count(*) FROM pragma_table_info('customer_accounts__risk')", "3");
	result_of(c, "revoke");
	assert_sql(c, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", "0");
	set(c, "access", "[{\"role\": \"x\", \"level\": \"read\", \"columns\": [\"nowhere\"]}]");
	assert_refused(c, "grant", false, "does not have");
}

static void
storage_and_compute_share_the_file_until_both_are_gone(void **state)
{
	struct conversation *c = *state;
	char path[300];
	result_of(c, "apply");
	set(c, "role", "\"compute\"");
	assert_false(flag_of(result_of(c, "observe"), "exists"));
	json_t *made = result_twice(c, "apply");
	assert_non_null(strstr(text_of(made, "command"), "sqlite3 '"));
	result_twice(c, "destroy");
	assert_false(flag_of(result_of(c, "observe"), "exists"));
	assert_int_equal(access(file_of(c, path), F_OK), 0);
	set(c, "role", "\"storage\"");
	assert_true(flag_of(result_of(c, "observe"), "exists"));
	result_twice(c, "destroy");
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
two_wishes_of_one_product_have_two_files(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	set(c, "name", "\"archive\"");
	assert_non_null(strstr(text_of(result_of(c, "apply"), "location"),
			       "/retail.customer_accounts-archive.db"));
	result_of(c, "destroy");
	set(c, "name", "\"default\"");
	assert_true(flag_of(result_of(c, "observe"), "exists"));
}

static void
old_rows_go_only_by_the_column_that_says_so(void **state)
{
	struct conversation *c = *state;
	result_of(c, "apply");
	run_sql(c, "INSERT INTO customer_accounts VALUES ('old', 1, '2020-01-01'), ('new', 1, "
		   "datetime('now')), ('odd', 1, "
		   "'?'), ('none', 1, NULL)");
	run_sql(c, "UPDATE weft_loads SET loaded_at = '2020-01-02T00:00:00Z'");
	json_t *kept = result_of(c, "retain");
	assert_int_equal(number_of(kept, "removed"), 0);
	assert_non_null(strstr(text_of(kept, "note"), "retention_column"));
	set(c, "settings", "{\"retention_column\": \"opened\"}");
	assert_int_equal(number_of(result_of(c, "retain"), "removed"), 1);
	assert_int_equal(number_of(result_of(c, "retain"), "removed"), 0);
	assert_sql(c, "SELECT account_id FROM customer_accounts ORDER BY rowid", "new,odd,none");
	assert_sql(c, "SELECT loaded_at FROM weft_loads",
		   "2020-01-02T00:00:00Z"); /* deleting is no load */
}

static void
a_file_that_is_locked_may_be_tried_again(void **state)
{
	struct conversation *c = *state;
	char path[300];
	sqlite3 *db;
	result_of(c, "apply");
	assert_int_equal(sqlite3_open(file_of(c, path), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	c->deadline = 2;
	assert_refused(c, "observe", true, "locked"); /* and not: it does not exist */
	sqlite3_close(db);
	assert_true(flag_of(result_of(c, "observe"), "exists"));
}

static void
what_is_no_database_is_left_alone(void **state)
{
	struct conversation *c = *state;
	char path[300];
	FILE *f = fopen(file_of(c, path), "w");
	for (int i = 0; i < 1000; i++)
		fputs("somebody's notes\n", f);
	fclose(f);
	assert_refused(c, "observe", true, "not a database");
	assert_refused(c, "apply", true, "not a database");
	assert_refused(c, "destroy", true, "not a database");
	assert_int_equal(access(path, F_OK), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, conversation_end)
	const struct CMUnitTest tests[] = {
	    TEST(every_verb_may_be_called_twice),
	    TEST(apply_makes_a_table_with_exactly_the_columns),
	    TEST(keys_and_required_columns_are_constraints),
	    TEST(hostile_names_are_only_names),
	    TEST(no_name_leads_out_of_the_root),
	    TEST(a_link_in_place_of_the_file_is_not_followed),
	    TEST(a_wish_that_cannot_be_granted_is_refused_for_good),
	    TEST(one_row_turns_a_green_check_red),
	    TEST(missing_values_are_counted),
	    TEST(freshness_is_the_time_of_the_last_load),
	    TEST(a_load_counts_whatever_conflict_clause_it_has),
	    TEST(freshness_may_be_judged_by_a_column),
	    TEST(values_ranges_and_counts_are_checked),
	    TEST(results_hold_no_values),
	    TEST(a_check_of_a_column_that_is_not_there_fails),
	    TEST(a_check_that_takes_too_long_is_stopped),
	    TEST(the_size_is_checked_when_there_is_a_quota),
	    TEST(added_columns_are_appended_and_rows_stay),
	    TEST(removed_and_retyped_columns_keep_the_old_table),
	    TEST(an_older_table_of_the_same_version_is_not_overwritten),
	    TEST(a_column_in_the_middle_keeps_the_order_and_no_old_table),
	    TEST(rows_that_do_not_fit_stop_the_change_and_stay),
	    TEST(killed_at_any_moment_no_row_is_lost),
	    TEST(a_role_sees_its_columns_in_a_view),
	    TEST(storage_and_compute_share_the_file_until_both_are_gone),
	    TEST(two_wishes_of_one_product_have_two_files),
	    TEST(old_rows_go_only_by_the_column_that_says_so),
	    TEST(a_file_that_is_locked_may_be_tried_again),
	    TEST(what_is_no_database_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
