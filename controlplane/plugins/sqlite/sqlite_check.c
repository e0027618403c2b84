/*
 * sqlite_check.c -- see sqlite_check.h.  Reads in this order: a verdict, asking for numbers, one
 * function a kind of check, the table of kinds, all checks.
 */
#include "sqlite_check.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 8 }; /* columns that a message names */

/* What is found out about one check. */
struct verdict {
	bool personal; /* of a column of personal data: even an age tells too much */
	bool passed;
	sqlite3_int64 failing;
	json_t *observed; /* or NULL; owned */
	char *message;    /* owned, SQLite's */
};

/* Settle the verdict; takes `message` over. */
static void
say(struct verdict *v, bool passed, sqlite3_int64 failing, char *message)
{
	v->passed = passed;
	v->failing = failing;
	v->message = message;
}

static const char *
plural(sqlite3_int64 n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* ---- asking for numbers ---- */

static int
bind_all(sqlite3_stmt *query, const json_t *check)
{
	json_t *values = json_object_get(check, "values");
	const json_t *least = json_object_get(check, "least"),
		     *most = json_object_get(check, "most");
	char *text = values ? json_dumps(values, JSON_COMPACT) : NULL;
	int at, code = SQLITE_OK;
	if ((at = sqlite3_bind_parameter_index(query, ":values")) > 0 && text)
		code = sqlite3_bind_text(query, at, text, -1, SQLITE_TRANSIENT);
	if (code == SQLITE_OK && (at = sqlite3_bind_parameter_index(query, ":least")) > 0 &&
	    json_is_number(least))
		code = sqlite3_bind_double(query, at, json_number_value(least));
	if (code == SQLITE_OK && (at = sqlite3_bind_parameter_index(query, ":most")) > 0 &&
	    json_is_number(most))
		code = sqlite3_bind_double(query, at, json_number_value(most));
	free(text);
	return code;
}

/* Whether the first number is NULL is told by `*ret_null`. */
static int
step_numbers(sqlite3_stmt *query, sqlite3_int64 *ret_numbers, int count, bool *ret_null)
{
	int code = sqlite3_step(query);
	if (code != SQLITE_ROW)
		return code;
	*ret_null = sqlite3_column_type(query, 0) == SQLITE_NULL;
	for (int i = 0; i < count; i++)
		ret_numbers[i] = sqlite3_column_int64(query, i);
	return SQLITE_OK;
}

/*
 * Ask for `count` numbers with SQL that this call frees.  When it cannot be told, the verdict says
 * why, and false comes back: a check that cannot be judged has not passed.
 */
static bool
ask_numbers(struct database *d, const json_t *check, char *sql, sqlite3_int64 *ret_numbers,
	    int count, bool *ret_null, struct verdict *v)
{
	sqlite3_stmt *query = NULL;
	int code = sql ? sqlite3_prepare_v2(d->db, sql, -1, &query, NULL) : SQLITE_NOMEM;
	if (code == SQLITE_OK)
		code = bind_all(query, check);
	if (code == SQLITE_OK)
		code = step_numbers(query, ret_numbers, count, ret_null);
	if ((code & 0xff) == SQLITE_INTERRUPT)
		say(v, false, 0,
		    sqlite3_mprintf("not judged: it took longer than the time for a call"));
	else if (code != SQLITE_OK)
		say(v, false, 0, sqlite3_mprintf("not judged: %s", sqlite3_errmsg(d->db)));
	sqlite3_finalize(query);
	sqlite3_free(sql);
	return code == SQLITE_OK;
}

/* ---- pieces of SQL ---- */

/* `piece` for each column, with "c" for the column's name, and `between` between them. */
static char *
for_columns(const json_t *check, const char *before, const char *after, const char *between)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	size_t i;
	const json_t *column;
	json_array_foreach (json_object_get(check, "columns"), i, column)
		sqlite3_str_appendf(sql, "%s%s\"%w\"%s", i ? between : "", before,
				    json_string_value(column), after);
	return sqlite3_str_finish(sql);
}

static const char *
first_column(const json_t *check)
{
	const char *name = json_string_value(json_array_get(json_object_get(check, "columns"), 0));
	return name ? name : "";
}

/* ---- kinds of checks ---- */

typedef void judge_fn(struct database *d, const json_t *check, struct verdict *v);

static void
judge_unique(struct database *d, const json_t *check, struct verdict *v)
{
	sqlite3_int64 n[2] = {0};
	bool none = true;
	char *names = for_columns(check, "", "", ", ");
	char *present = for_columns(check, "", " IS NOT NULL", " AND ");
	char *sql = sqlite3_mprintf("SELECT count(*), max(n) FROM (SELECT count(*) AS n FROM "
				    "\"%w\" WHERE %s GROUP BY %s HAVING "
				    "count(*) > 1)",
				    d->table, present, names);
	sqlite3_free(names);
	sqlite3_free(present);
	if (!ask_numbers(d, check, sql, n, 2, &none, v))
		return;
	if (n[0] == 0)
		say(v, true, 0, sqlite3_mprintf("every value occurs once"));
	else
		say(v, false, n[0],
		    sqlite3_mprintf("%lld %s more than once, for example %lld rows share one value",
				    n[0], plural(n[0], "value occurs", "values occur"), n[1]));
}

static void
judge_not_null(struct database *d, const json_t *check, struct verdict *v)
{
	sqlite3_int64 n = 0;
	bool none = true;
	char *absent = for_columns(check, "", " IS NULL", " OR ");
	char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\" WHERE %s", d->table, absent);
	sqlite3_free(absent);
	if (!ask_numbers(d, check, sql, &n, 1, &none, v))
		return;
	if (n == 0)
		say(v, true, 0, sqlite3_mprintf("every row has a value"));
	else
		say(v, false, n,
		    sqlite3_mprintf("%lld %s no value", n, plural(n, "row has", "rows have")));
}

/*
 * The age in seconds of what came last: by the column that the check names, else by when the
 * table was last written.
 */
static char *
age_sql(struct database *d, const json_t *check)
{
	const char *column = first_column(check);
	if (*column)
		return sqlite3_mprintf(
		    "SELECT unixepoch('now') - max(unixepoch(\"%w\", 'auto')) FROM \"%w\"", column,
		    d->table);
	return sqlite3_mprintf("SELECT unixepoch('now') - max(unixepoch(loaded_at)) FROM "
			       "weft_loads WHERE loaded_table = %Q",
			       d->table);
}

static void
judge_freshness(struct database *d, const json_t *check, struct verdict *v)
{
	sqlite3_int64 age = 0;
	bool none = true;
	sqlite3_int64 within = weft_number(check, "within_seconds", 0);
	if (!ask_numbers(d, check, age_sql(d, check), &age, 1, &none, v))
		return;
	if (none) {
		say(v, false, 1, sqlite3_mprintf("nothing was ever loaded"));
		return;
	}
	bool passed = age <= within;
	if (v->personal) {
		say(v, passed, passed ? 0 : 1,
		    sqlite3_mprintf("the newest data is %s", passed ? "fresh enough" : "too old"));
		return;
	}
	v->observed = json_integer(age);
	say(v, passed, passed ? 0 : 1,
	    sqlite3_mprintf("the newest data is %lld seconds old, %lld are allowed", age, within));
}

static void
judge_accepted_values(struct database *d, const json_t *check, struct verdict *v)
{
	sqlite3_int64 n = 0;
	bool none = true;
	const char *column = first_column(check);
	char *sql = sqlite3_mprintf(
	    "SELECT count(*) FROM \"%w\" WHERE \"%w\" IS NOT NULL AND CAST(\"%w\" AS TEXT) NOT IN "
	    "(SELECT CAST(value AS TEXT) FROM json_each(:values))",
	    d->table, column, column);
	if (!ask_numbers(d, check, sql, &n, 1, &none, v))
		return;
	if (n == 0)
		say(v, true, 0, sqlite3_mprintf("every value is an accepted one"));
	else
		say(v, false, n,
		    sqlite3_mprintf("%lld %s a value that is not accepted", n,
				    plural(n, "row has", "rows have")));
}

/*
 * A bound that is not there is NULL here, and a comparison with NULL holds nothing against a row.
 *
 */
static void
judge_range(struct database *d, const json_t *check, struct verdict *v)
{
	sqlite3_int64 n = 0;
	bool none = true;
	const char *column = first_column(check);
	char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\" WHERE typeof(\"%w\") IN ('text', "
				    "'blob') OR \"%w\" < :least OR "
				    "\"%w\" > :most",
				    d->table, column, column, column);
	if (!ask_numbers(d, check, sql, &n, 1, &none, v))
		return;
	if (n == 0)
		say(v, true, 0, sqlite3_mprintf("every value is in the range"));
	else
		say(v, false, n,
		    sqlite3_mprintf("%lld %s a value outside the range", n,
				    plural(n, "row has", "rows have")));
}

static void
judge_row_count(struct database *d, const json_t *check, struct verdict *v)
{
	sqlite3_int64 n[2] = {0};
	bool none = true;
	char *sql = sqlite3_mprintf("SELECT count(*), coalesce(count(*) < :least, 0) OR "
				    "coalesce(count(*) > :most, 0) FROM \"%w\"",
				    d->table);
	if (!ask_numbers(d, check, sql, n, 2, &none, v))
		return;
	v->observed = json_integer(n[0]);
	say(v, n[1] == 0, n[1] ? 1 : 0,
	    sqlite3_mprintf("the table has %lld %s%s", n[0], plural(n[0], "row", "rows"),
			    n[1] ? ", which is outside what is declared" : ""));
}

/* ---- all checks ---- */

struct check_row {
	const char *kind;
	judge_fn *judge;
};

static const struct check_row check_rows[] = {
    {"unique", judge_unique},
    {"not_null", judge_not_null},
    {"freshness", judge_freshness},
    {"accepted_values", judge_accepted_values},
    {"range", judge_range},
    {"row_count", judge_row_count},
    {NULL, NULL},
};

static void
judge(struct database *d, const json_t *check, struct verdict *v)
{
	const char *kind = weft_text(check, "kind", "");
	const struct check_row *row = check_rows;
	while (row->kind && strcmp(row->kind, kind) != 0)
		row++;
	if (row->kind)
		row->judge(d, check, v);
	else
		say(v, false, 0, sqlite3_mprintf("not judged: sqlite knows no such check"));
}

/* "unique(account_id): 1 value occurs ..."; names of columns are cut when there are very many. */
static json_t *
message_of(const json_t *check, const struct verdict *v)
{
	sqlite3_str *text = sqlite3_str_new(NULL);
	size_t i;
	const json_t *column;
	sqlite3_str_appendall(text, weft_text(check, "kind", "?"));
	json_array_foreach (json_object_get(check, "columns"), i, column)
		if (i <= NAMES_MOST)
			sqlite3_str_appendf(text, "%s%s", i ? ", " : "(",
					    i < NAMES_MOST ? json_string_value(column) : "...");
	sqlite3_str_appendf(text, "%s: %s", i ? ")" : "", v->message);
	char *whole = sqlite3_str_finish(text);
	json_t *message = json_string(whole ? whole : "");
	sqlite3_free(whole);
	return message;
}

static json_t *
result_of(const json_t *check, const struct verdict *v)
{
	const json_t *columns = json_object_get(check, "columns");
	json_t *result = json_pack(
	    "{s:s, s:o, s:b, s:o, s:I}", "check", weft_text(check, "kind", "?"), "columns",
	    columns ? json_copy((json_t *)columns) : json_array(), "passed", (int)v->passed,
	    "message", message_of(check, v), "failing", (json_int_t)v->failing);
	if (v->observed)
		json_object_set(result, "observed", v->observed);
	return result;
}

static bool
is_personal(const json_t *resource, const char *name)
{
	size_t i;
	const json_t *column;
	json_array_foreach (json_object_get(resource, "columns"), i, column)
		if (sqlite3_stricmp(weft_text(column, "name", ""), name) == 0)
			return json_is_true(json_object_get(column, "pii"));
	return false;
}

static json_t *
run_check(struct database *d, const json_t *resource, const json_t *check)
{
	struct verdict v = {.personal = is_personal(resource, first_column(check))};
	judge(d, check, &v);
	json_t *result = result_of(check, &v);
	json_decref(v.observed);
	sqlite3_free(v.message);
	return result;
}

static json_t *
judge_size(struct database *d, json_int_t quota, struct weft_failure *failure)
{
	json_t *rows = json_array();
	bool well = database_ask(
	    d, failure, rows,
	    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()");
	const char *text = json_string_value(json_array_get(json_array_get(rows, 0), 0));
	json_int_t bytes = text ? strtoll(text, NULL, 10) : 0;
	bool passed = bytes <= quota;
	json_decref(rows);
	if (!well)
		return NULL;
	return json_pack(
	    "{s:s, s:[], s:b, s:o, s:i, s:I}", "check", "quota", "columns", "passed", (int)passed,
	    "message",
	    json_sprintf("quota: %lld of %lld bytes are used", (long long)bytes, (long long)quota),
	    "failing", passed ? 0 : 1, "observed", bytes);
}

static bool
append_result(json_t *results, json_t *result, bool *passed)
{
	if (!result)
		return false;
	*passed = *passed && json_is_true(json_object_get(result, "passed"));
	json_array_append_new(results, result);
	return true;
}

json_t *
checks_run(struct database *d, const json_t *resource, struct weft_failure *failure)
{
	json_t *results = json_array();
	bool passed = true, well = true;
	json_int_t quota;
	size_t i;
	const json_t *check;
	json_array_foreach (json_object_get(resource, "checks"), i, check)
		well = append_result(results, run_check(d, resource, check), &passed) && well;
	if (weft_bytes(weft_text(resource, "quota", ""), &quota))
		well = append_result(results, judge_size(d, quota, failure), &passed) && well;
	if (well)
		return json_pack("{s:b, s:o}", "passed", (int)passed, "checks", results);
	json_decref(results);
	return NULL;
}
