/*
 * sqlite_access.c -- see sqlite_access.h.
 */
#include "sqlite_access.h"

#include <stdlib.h>
#include <string.h>

static const char note[] = "SQLite has no accounts: a view shows what the role may read, the "
			   "file's permissions decide who "
			   "reads at all";

static bool
has_column(const json_t *columns, const char *name)
{
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column)
		if (sqlite3_stricmp(weft_text(column, "name", ""), name) == 0)
			return true;
	return false;
}

/*
 * The columns of an access entry, quoted for SQL; all of the product's when it names none.  NULL
 * with the failure.
 */
static char *
columns_of(const json_t *resource, const json_t *entry, struct weft_failure *failure)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	const json_t *all = json_object_get(resource, "columns");
	const json_t *some = json_object_get(entry, "columns");
	bool every = json_array_size(some) == 0, well = true;
	size_t i;
	const json_t *item;
	json_array_foreach (every ? all : some, i, item) {
		const char *name = every ? weft_text(item, "name", "") : json_string_value(item);
		well = well && name && has_column(all, name);
		sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "", name ? name : "");
	}
	char *text = sqlite3_str_finish(sql);
	if (well && text)
		return text;
	sqlite3_free(text);
	weft_fail(failure, false,
		  "access of role '%.100s' names a column that the product does not have",
		  weft_text(entry, "role", ""));
	return NULL;
}

static bool
drop_view(struct database *d, const char *role, struct weft_failure *failure)
{
	return database_run(
	    d, failure, "DROP VIEW IF EXISTS \"%w__%w\"; DELETE FROM weft_access WHERE role = %Q",
	    d->table, role, role);
}

static bool
make_view(struct database *d, const json_t *resource, const json_t *entry,
	  struct weft_failure *failure)
{
	const char *role = weft_text(entry, "role", "");
	char *columns = columns_of(resource, entry, failure);
	bool well =
	    columns && drop_view(d, role, failure) &&
	    database_run(d, failure, "CREATE VIEW \"%w__%w\" AS SELECT %s FROM \"%w\"", d->table,
			 role, columns, d->table) &&
	    database_run(d, failure, "INSERT INTO weft_access VALUES (%Q, %Q, %Q, '%q__%q')", role,
			 weft_text(entry, "level", "read"), columns, d->table, role);
	sqlite3_free(columns);
	return well;
}

/* The views of all roles that are recorded. */
static bool
drop_views(struct database *d, struct weft_failure *failure)
{
	json_t *rows = json_array();
	bool well = database_ask(d, failure, rows, "SELECT role FROM weft_access");
	size_t i;
	const json_t *row;
	json_array_foreach (rows, i, row)
		well = well && drop_view(d, json_string_value(json_array_get(row, 0)), failure);
	json_decref(rows);
	return well;
}

static bool
for_each_entry(struct database *d, const json_t *resource, bool grant, json_t *views,
	       struct weft_failure *failure)
{
	bool well = true;
	size_t i;
	const json_t *entry;
	json_array_foreach (json_object_get(resource, "access"), i, entry) {
		const char *role = weft_text(entry, "role", "");
		if (!well)
			break;
		well = grant ? make_view(d, resource, entry, failure) : drop_view(d, role, failure);
		json_array_append_new(views, json_sprintf("%s__%s", d->table, role));
	}
	return well;
}

static json_t *
change_access(struct database *d, const json_t *resource, bool grant, struct weft_failure *failure)
{
	json_t *views = json_array();
	bool well = database_begin(d, failure);
	if (well) {
		well = (!grant || drop_views(d, failure)) &&
		       for_each_entry(d, resource, grant, views, failure);
		well = database_end(d, well, failure);
	}
	if (well)
		return json_pack("{s:o, s:s}", "views", views, "note", note);
	json_decref(views);
	return NULL;
}

json_t *
access_grant(struct database *d, const json_t *resource, struct weft_failure *failure)
{
	return change_access(d, resource, true, failure);
}

json_t *
access_revoke(struct database *d, const json_t *resource, struct weft_failure *failure)
{
	return change_access(d, resource, false, failure);
}
