/*
 * sqlite.c -- the plugin "sqlite": storage and compute for a data product is a database file with
 * one table.
 *
 *     ROOT/retail.customer_accounts.db     table customer_accounts: exactly the product's columns
 *
 * Whoever loads inserts rows into the table.  The declared quality checks are no constraints: rows
 * must be able to land so that a check can turn red.  It sees weft_plugin.h alone.  This file has
 * the verbs and their table; the file is in sqlite_file.c, the product's table in sqlite_table.c,
 * what stands beside it in sqlite_layout.c, the checks in sqlite_check.c, views for roles in
 * sqlite_access.c.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "sqlite_access.h"
#include "sqlite_check.h"
#include "sqlite_layout.h"

static const char *const roles[] = {"storage", "compute", NULL};

// clang-format off
static const char settings_schema[] =
	"{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"retention_column\": {"
	"\"type\": \"string\", \"description\": \"a DATE or TIMESTAMP column: rows whose moment is longer ago than the "
	"product's retention are deleted; without it none are\"}}}";
// clang-format on

/* ---- what a wish may say ---- */

static bool
has_column(const json_t *resource, const char *name)
{
	size_t i;
	const json_t *column;
	json_array_foreach (json_object_get(resource, "columns"), i, column)
		if (sqlite3_stricmp(weft_text(column, "name", ""), name) == 0)
			return true;
	return false;
}

static bool
validate_settings(const json_t *wish, const json_t *resource, struct weft_failure *failure)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)wish, key, value) {
		const char *column = json_string_value(value);
		if (strcmp(key, "retention_column") != 0)
			weft_fail(
			    failure, false,
			    "settings: sqlite has no setting '%.100s'; it has 'retention_column'",
			    key);
		else if (!column || !has_column(resource, column))
			weft_fail(failure, false,
				  "settings: retention_column: the product has no column '%.100s'",
				  column ? column : "");
		else
			continue;
		return false;
	}
	return true;
}

static bool
validate_quota(const char *quota, struct weft_failure *failure)
{
	json_int_t bytes;
	if (!quota || weft_bytes(quota, &bytes))
		return true;
	weft_fail(
	    failure, false,
	    "quota: '%.100s' is no amount; write '500 MB' or '10 GB' (1000 each) or '8 GiB' (1024)",
	    quota);
	return false;
}

static json_t *
validate(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	(void)settings;
	bool well = database_check_names(resource, failure) &&
		    table_validate(json_object_get(resource, "columns"), failure) &&
		    validate_settings(json_object_get(resource, "settings"), resource, failure) &&
		    validate_quota(weft_text(resource, "quota", NULL), failure);
	return well ? json_object() : NULL;
}

/* ---- what there is, and what would change ---- */

/* How to come by the data: the same words for storage and for compute. */
static json_t *
where_it_is(const struct database *d, const json_t *resource)
{
	json_t *result = json_pack("{s:s, s:s}", "location", d->path, "table", d->table);
	if (strcmp(weft_text(resource, "role", ""), "compute") == 0)
		json_object_set_new(result, "command", json_sprintf("sqlite3 '%s'", d->path));
	return result;
}

static json_t *
describe_file(struct database *d, const json_t *resource)
{
	struct stat st;
	json_int_t quota;
	json_t *result = where_it_is(d, resource);
	json_int_t bytes = stat(d->path, &st) == 0 ? (json_int_t)st.st_size : 0;
	json_object_set_new(result, "exists", json_true());
	json_object_set_new(result, "bytes", json_integer(bytes));
	if (weft_bytes(weft_text(resource, "quota", ""), &quota)) {
		json_object_set_new(result, "quota_bytes", json_integer(quota));
		json_object_set_new(result, "over_quota", json_boolean(bytes > quota));
	}
	return result;
}

static json_t *
observe(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct database d = {.db = NULL};
	json_t *result = NULL;
	if (database_find(resource, settings, &d, failure) && database_hold(&d, failure)) {
		bool there = layout_serves(&d, weft_text(resource, "role", "storage"));
		result = there ? describe_file(&d, resource) : json_pack("{s:b}", "exists", 0);
	}
	database_close(&d);
	return result;
}

static json_t *
plan(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct database d = {.db = NULL};
	json_t *changes = json_array();
	bool well = database_find(resource, settings, &d, failure) && database_hold(&d, failure) &&
		    layout_plan(&d, resource, changes, failure);
	database_close(&d);
	if (well)
		return json_pack("{s:o}", "changes", changes);
	json_decref(changes);
	return NULL;
}

/* ---- making it so, and undoing it ---- */

static json_t *
apply(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct database d = {.db = NULL};
	json_t *result = NULL;
	if (table_validate(json_object_get(resource, "columns"), failure) &&
	    database_make(resource, settings, &d, failure) && layout_apply(&d, resource, failure))
		result = where_it_is(&d, resource);
	database_close(&d);
	return result;
}

/* Storage and compute share a file: who goes first leaves it to the other. */
static bool
leave(struct database *d, const char *role, bool *ret_last, struct weft_failure *failure)
{
	bool last = false;
	if (!database_begin(d, failure))
		return false;
	bool well = layout_leave(d, role, &last, failure);
	if (!database_end(d, well, failure))
		return false;
	*ret_last = last;
	return true;
}

static json_t *
destroy(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct database d = {.db = NULL};
	bool last = false;
	bool well = database_find(resource, settings, &d, failure);
	if (well && d.db)
		well = leave(&d, weft_text(resource, "role", "storage"), &last, failure);
	if (well && last)
		well = database_remove(&d, failure);
	database_close(&d);
	return well ? json_object() : NULL;
}

/* ---- verbs on a table that must be there ---- */

typedef json_t *table_verb(struct database *d, const json_t *resource,
			   struct weft_failure *failure);

static json_t *
on_table(table_verb *verb, const json_t *resource, const json_t *settings,
	 struct weft_failure *failure)
{
	struct database d = {.db = NULL};
	json_t *result = NULL;
	if (database_find(resource, settings, &d, failure)) {
		if (d.db)
			result = verb(&d, resource, failure);
		else
			weft_fail(failure, true, "the file %.300s is not there yet", d.path);
	}
	database_close(&d);
	return result;
}

static json_t *
grant(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_table(access_grant, resource, settings, failure);
}

static json_t *
revoke(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_table(access_revoke, resource, settings, failure);
}

static json_t *
check_held(struct database *d, const json_t *resource, struct weft_failure *failure)
{
	return database_hold(d, failure) ? checks_run(d, resource, failure) : NULL;
}

static json_t *
check(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_table(check_held, resource, settings, failure);
}

/* Deleting old rows is no load: the time of the last one is put back. */
static bool
delete_old(struct database *d, const char *table, const char *column, json_int_t seconds,
	   json_int_t *removed, struct weft_failure *failure)
{
	json_t *rows = json_array();
	bool well =
	    database_ask(d, failure, rows,
			 "SELECT loaded_at FROM weft_loads WHERE loaded_table = %Q", d->table) &&
	    database_run(
		d, failure,
		"DELETE FROM \"%w\" WHERE unixepoch(\"%w\", 'auto') < unixepoch('now') - %lld",
		table, column, (long long)seconds);
	*removed += well ? sqlite3_changes64(d->db) : 0;
	well =
	    well &&
	    database_run(d, failure, "UPDATE weft_loads SET loaded_at = %Q WHERE loaded_table = %Q",
			 json_string_value(json_array_get(json_array_get(rows, 0), 0)), d->table);
	json_decref(rows);
	return well;
}

/* The same in the tables of earlier versions, as far as they have the column. */
static bool
delete_old_everywhere(struct database *d, const char *column, json_int_t seconds,
		      json_int_t *removed, struct weft_failure *failure)
{
	json_t *rows = json_array();
	bool well = delete_old(d, d->table, column, seconds, removed, failure) &&
		    database_ask(d, failure, rows,
				 "SELECT a.name FROM weft_archives a JOIN "
				 "pragma_table_info(a.name) c ON lower(c.name) = lower(%Q)",
				 column);
	size_t i;
	const json_t *row;
	json_array_foreach (rows, i, row)
		well = well && delete_old(d, json_string_value(json_array_get(row, 0)), column,
					  seconds, removed, failure);
	json_decref(rows);
	return well;
}

static json_t *
retain_rows(struct database *d, const json_t *resource, struct weft_failure *failure)
{
	const char *column =
	    weft_text(json_object_get(resource, "settings"), "retention_column", NULL);
	json_int_t seconds = weft_number(resource, "retention_seconds", 0);
	json_int_t removed = 0;
	if (!column || seconds <= 0)
		return json_pack("{s:i, s:s}", "removed", 0, "note",
				 column
				     ? "the product states no retention"
				     : "no retention_column is set, so no row is known to be old");
	if (!database_begin(d, failure))
		return NULL;
	bool well = delete_old_everywhere(d, column, seconds, &removed, failure);
	return database_end(d, well, failure) ? json_pack("{s:I}", "removed", removed) : NULL;
}

static json_t *
retain(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_table(retain_rows, resource, settings, failure);
}

int
main(void)
{
	static const struct weft_plugin plugin = {
	    .name = "sqlite",
	    .description =
		"Storage and compute as an SQLite file on this machine with one table.  A quota is "
		"written as "
		"'500 MB' or '10 GB' (1000 each) or '8 GiB' (1024); it is reported, not enforced.",
	    .roles = roles,
	    .settings_schema = settings_schema,
	    .validate = validate,
	    .observe = observe,
	    .plan = plan,
	    .apply = apply,
	    .destroy = destroy,
	    .grant = grant,
	    .revoke = revoke,
	    .check = check,
	    .retain = retain,
	};
	return weft_plugin_main(&plugin);
}
