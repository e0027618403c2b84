/*
 * sqlite_layout.c -- see sqlite_layout.h.  Reads in this order: asking, what is to be done, doing
 * it.
 */
#include "sqlite_layout.h"

#include <stdlib.h>
#include <string.h>

// clang-format off
static const char layout_sql[] =
	"CREATE TABLE IF NOT EXISTS weft_about (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS weft_roles (role TEXT PRIMARY KEY NOT NULL);"
	"CREATE TABLE IF NOT EXISTS weft_checks (ordinal INTEGER PRIMARY KEY, kind TEXT NOT NULL, columns TEXT NOT NULL,"
	"	within_seconds INTEGER, accepted TEXT, least REAL, most REAL);"
	"CREATE TABLE IF NOT EXISTS weft_loads (loaded_table TEXT PRIMARY KEY NOT NULL, loaded_at TEXT);"
	"CREATE TABLE IF NOT EXISTS weft_access (role TEXT PRIMARY KEY NOT NULL, level TEXT NOT NULL, columns TEXT NOT NULL,"
	"	view TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS weft_archives (name TEXT PRIMARY KEY NOT NULL, version TEXT NOT NULL,"
	"	archived_at TEXT NOT NULL);";
// clang-format on

/* ---- asking ---- */

/* The first column of the first row, or NULL; to be freed. */
static char *
ask_text(struct database *d, const char *format, const char *argument)
{
	struct weft_failure ignored;
	json_t *rows = json_array();
	char *answer = NULL;
	if (d->db && database_ask(d, &ignored, rows, format, argument)) {
		const char *text = json_string_value(json_array_get(json_array_get(rows, 0), 0));
		answer = text ? strdup(text) : NULL;
	}
	json_decref(rows);
	return answer;
}

static char *
about(struct database *d, const char *key)
{
	return ask_text(d, "SELECT value FROM weft_about WHERE key = %Q", key);
}

static bool
set_about(struct database *d, const char *key, const char *value, struct weft_failure *failure)
{
	return database_run(d, failure,
			    "INSERT OR REPLACE INTO weft_about (key, value) VALUES (%Q, %Q)", key,
			    value);
}

static bool
has_role(struct database *d, const char *role)
{
	char *found = ask_text(d, "SELECT role FROM weft_roles WHERE role = %Q", role);
	free(found);
	return found != NULL;
}

bool
layout_serves(struct database *d, const char *role)
{
	return database_has(d, d->table) && has_role(d, role);
}

/* ---- what is to be done ---- */

struct layout_diff {
	struct table_diff table;
	bool role, version, checks; /* to be written */
	char *old_version;          /* of the table there is; owned; NULL: none */
	char *checks_text;          /* the declared checks as one text; owned */
};

static void
layout_diff_done(struct layout_diff *diff)
{
	table_diff_done(&diff->table);
	free(diff->old_version);
	free(diff->checks_text);
}

static bool
differs(struct database *d, const char *key, const char *wanted)
{
	char *there = about(d, key);
	bool same = there && strcmp(there, wanted) == 0;
	free(there);
	return !same;
}

static bool
layout_compare(struct database *d, const json_t *resource, struct layout_diff *ret_diff,
	       struct weft_failure *failure)
{
	const json_t *checks = json_object_get(resource, "checks");
	struct layout_diff diff = {.role = !has_role(d, weft_text(resource, "role", "storage"))};
	if (!table_compare(d, json_object_get(resource, "columns"), &diff.table, failure))
		return false;
	diff.old_version = about(d, "version");
	diff.checks_text =
	    checks ? json_dumps(checks, JSON_COMPACT | JSON_SORT_KEYS) : strdup("[]");
	diff.version = differs(d, "version", weft_text(resource, "version", ""));
	diff.checks = differs(d, "checks", diff.checks_text);
	*ret_diff = diff;
	return true;
}

static bool
is_done(const struct layout_diff *diff)
{
	return diff->table.step == TABLE_FITS && !diff->role && !diff->version && !diff->checks;
}

static void
add_change(json_t *changes, bool needed, const char *what, const char *which)
{
	if (needed)
		json_array_append_new(changes, json_sprintf("%s %s", what, which));
}

bool
layout_plan(struct database *d, const json_t *resource, json_t *changes,
	    struct weft_failure *failure)
{
	struct layout_diff diff;
	if (!layout_compare(d, resource, &diff, failure))
		return false;
	add_change(changes, !d->db, "create file", d->path);
	json_array_extend(changes, diff.table.reasons);
	add_change(changes, diff.table.loses,
		   "keep the rows as they are in a table named by version",
		   diff.old_version ? diff.old_version : "0");
	add_change(changes, diff.checks, "record the declared checks of table", d->table);
	add_change(changes, diff.version, "record version", weft_text(resource, "version", "?"));
	add_change(changes, diff.role, "serve as", weft_text(resource, "role", "storage"));
	layout_diff_done(&diff);
	return true;
}

/* ---- doing it ---- */

/* Triggers and our indexes would follow a renamed table: they go first and are made again. */
static bool
drop_helpers(struct database *d, struct weft_failure *failure)
{
	json_t *rows = json_array();
	bool well = database_ask(d, failure, rows,
				 "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', "
				 "'index') AND name LIKE 'weft\\_on\\_%%' ESCAPE '\\'");
	size_t i;
	const json_t *row;
	json_array_foreach (rows, i, row)
		well = well && database_run(d, failure, "DROP %s \"%w\"",
					    json_string_value(json_array_get(row, 0)),
					    json_string_value(json_array_get(row, 1)));
	json_decref(rows);
	return well;
}

/*
 * The time of the last load.  One second is one write, however many rows come in it.  The row is
 * updated, not inserted: in a trigger the conflict clause of the statement outside would override
 * an OR REPLACE inside.
 */
static bool
make_triggers(struct database *d, struct weft_failure *failure)
{
	static const char *const events[] = {"INSERT", "UPDATE", "DELETE", NULL};
	bool well = database_run(
	    d, failure, "INSERT OR IGNORE INTO weft_loads (loaded_table) VALUES (%Q)", d->table);
	for (const char *const *event = events; well && *event; event++)
		well = database_run(
		    d, failure,
		    "CREATE TRIGGER \"weft_on_%s\" AFTER %s ON \"%w\" WHEN NOT EXISTS (SELECT 1 "
		    "FROM weft_loads WHERE "
		    "loaded_table = %Q AND loaded_at = strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', "
		    "'now')) BEGIN UPDATE weft_loads SET "
		    "loaded_at = strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', 'now') WHERE loaded_table = "
		    "%Q; END",
		    *event, *event, d->table, d->table, d->table);
	return well;
}

/* A plain index: duplicates may come in, and finding them is cheap. */
static bool
make_index(struct database *d, const json_t *columns, size_t number, struct weft_failure *failure)
{
	sqlite3_str *list = sqlite3_str_new(NULL);
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column)
		sqlite3_str_appendf(list, "%s\"%w\"", i ? ", " : "", json_string_value(column));
	char *text = sqlite3_str_finish(list);
	bool well =
	    !text || database_run(d, failure, "CREATE INDEX \"weft_on_unique_%d\" ON \"%w\" (%s)",
				  (int)number, d->table, text);
	sqlite3_free(text);
	return well;
}

static bool
make_indexes(struct database *d, const json_t *checks, struct weft_failure *failure)
{
	size_t i;
	const json_t *check;
	json_array_foreach (checks, i, check) {
		bool is_unique = strcmp(weft_text(check, "kind", ""), "unique") == 0;
		if (is_unique && !make_index(d, json_object_get(check, "columns"), i + 1, failure))
			return false;
	}
	return true;
}

static char *
member_json(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);
	return member ? json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
}

static bool
record_check(struct database *d, const json_t *check, size_t number, struct weft_failure *failure)
{
	char *columns = member_json(check, "columns");
	char *within = member_json(check, "within_seconds");
	char *values = member_json(check, "values");
	char *least = member_json(check, "least");
	char *most = member_json(check, "most");
	bool well = database_run(
	    d, failure, "INSERT INTO weft_checks VALUES (%d, %Q, %Q, %Q, %Q, %Q, %Q)", (int)number,
	    weft_text(check, "kind", "?"), columns ? columns : "[]", within, values, least, most);
	free(columns);
	free(within);
	free(values);
	free(least);
	free(most);
	return well;
}

static bool
record_checks(struct database *d, const json_t *checks, struct weft_failure *failure)
{
	bool well = database_run(d, failure, "DELETE FROM weft_checks");
	size_t i;
	const json_t *check;
	json_array_foreach (checks, i, check)
		well = well && record_check(d, check, i + 1, failure);
	return well;
}

static bool
change_table(struct database *d, const json_t *columns, const struct layout_diff *diff,
	     struct weft_failure *failure)
{
	char *create;
	bool well;
	switch (diff->table.step) {
	case TABLE_FITS:
		return true;
	case TABLE_APPEND:
		return table_append(d, columns, &diff->table, failure);
	case TABLE_REBUILD:
		return table_rebuild(d, columns, &diff->table,
				     diff->old_version ? diff->old_version : "0", failure);
	case TABLE_CREATE:
		break;
	}
	create = table_create_sql(d->table, columns);
	well = database_run(d, failure, "%s", create);
	sqlite3_free(create);
	return well;
}

static bool
change_all(struct database *d, const json_t *resource, const struct layout_diff *diff,
	   struct weft_failure *failure)
{
	const json_t *checks = json_object_get(resource, "checks");
	return database_run(d, failure, "%s", layout_sql) && drop_helpers(d, failure) &&
	       change_table(d, json_object_get(resource, "columns"), diff, failure) &&
	       make_triggers(d, failure) && make_indexes(d, checks, failure) &&
	       record_checks(d, checks, failure) &&
	       set_about(d, "checks", diff->checks_text, failure) &&
	       set_about(d, "product", weft_text(resource, "product", ""), failure) &&
	       set_about(d, "version", weft_text(resource, "version", ""), failure) &&
	       database_run(d, failure, "INSERT OR IGNORE INTO weft_roles (role) VALUES (%Q)",
			    weft_text(resource, "role", "storage"));
}

/* A pragma, which is why it stands outside the transaction: see table_rebuild(). */
static bool
prepare_renames(struct database *d, struct weft_failure *failure)
{
	return database_run(d, failure, "PRAGMA legacy_alter_table = ON");
}

bool
layout_apply(struct database *d, const json_t *resource, struct weft_failure *failure)
{
	struct layout_diff diff;
	if (!prepare_renames(d, failure) || !database_begin(d, failure))
		return false;
	bool well = layout_compare(d, resource, &diff, failure);
	if (!well)
		return database_end(d, false, failure);
	if (!is_done(&diff))
		well = change_all(d, resource, &diff, failure);
	layout_diff_done(&diff);
	return database_end(d, well, failure);
}

bool
layout_leave(struct database *d, const char *role, bool *ret_last, struct weft_failure *failure)
{
	if (!database_has(d, "weft_roles")) {
		*ret_last = true; /* never finished being made */
		return true;
	}
	if (!database_run(d, failure, "DELETE FROM weft_roles WHERE role = %Q", role))
		return false;
	char *other = ask_text(d, "SELECT role FROM weft_roles", NULL);
	*ret_last = !other;
	free(other);
	return true;
}
