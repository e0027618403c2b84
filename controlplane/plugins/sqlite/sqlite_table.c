/*
 * sqlite_table.c -- see sqlite_table.h.  Reads in this order: types, the wanted table, comparing,
 * changing.
 */
#include "sqlite_table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- types ---- */

struct type_row {
	const char *word; /* how the product's type begins */
	const char *type;
};

/*
 * Moments are TEXT, because SQLite's date functions read ISO 8601 and texts of it sort as moments
 * do.  The longer of two words that begin alike stands first.  A type that is not here is TEXT,
 * which holds anything that can be written down.
 */
// clang-format off
static const struct type_row type_rows[] = {
	{"BOOL",     "INTEGER"}, {"TINYINT",  "INTEGER"}, {"SMALLINT", "INTEGER"}, {"BIGINT",    "INTEGER"},
	{"INTERVAL", "TEXT"},    {"INT",      "INTEGER"}, {"LONG",     "INTEGER"}, {"SHORT",     "INTEGER"},
	{"DEC",      "NUMERIC"}, {"NUMERIC",  "NUMERIC"}, {"NUMBER",   "NUMERIC"},
	{"REAL",     "REAL"},    {"FLOAT",    "REAL"},    {"DOUBLE",   "REAL"},
	{"BYTE",     "BLOB"},    {"BLOB",     "BLOB"},    {"BINARY",   "BLOB"},    {"VARBINARY", "BLOB"},
	{NULL,       "TEXT"},
};
// clang-format on

static const char *
sqlite_type(const json_t *column)
{
	const char *type = weft_text(column, "type", "");
	const struct type_row *row = type_rows;
	while (row->word && strncasecmp(row->word, type, strlen(row->word)) != 0)
		row++;
	return row->type;
}

static bool
is_key(const json_t *column)
{
	return json_is_true(json_object_get(column, "key"));
}

/* What identifies a row cannot be absent, whatever `nullable` says. */
static bool
is_required(const json_t *column)
{
	return is_key(column) || json_is_false(json_object_get(column, "nullable"));
}

static const char *
name_of(const json_t *column)
{
	return weft_text(column, "name", "");
}

/* ---- the wanted table ---- */

/* SQLite tells names apart without regard to the case of ASCII letters. */
static int
compare_names(const void *a, const void *b)
{
	return sqlite3_stricmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
names_differ(const json_t *columns, struct weft_failure *failure)
{
	size_t count = json_array_size(columns);
	const char **names = calloc(count, sizeof(*names));
	bool differ = true;
	for (size_t i = 0; names && i < count; i++)
		names[i] = name_of(json_array_get(columns, i));
	if (names)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 1; names && differ && i < count; i++) {
		differ = sqlite3_stricmp(names[i - 1], names[i]) != 0;
		if (!differ)
			weft_fail(failure, false,
				  "schema: columns '%.100s' and '%.100s' are one name for SQLite",
				  names[i - 1], names[i]);
	}
	free(names);
	return differ;
}

bool
table_validate(const json_t *columns, struct weft_failure *failure)
{
	size_t count = json_array_size(columns), i;
	const json_t *column;
	if (count == 0 || count > MOST_COLUMNS) {
		weft_fail(failure, false, "schema: SQLite needs 1 to %d columns, found %zu",
			  MOST_COLUMNS, count);
		return false;
	}
	json_array_foreach (columns, i, column) {
		if (!*name_of(column)) {
			weft_fail(failure, false, "schema: column %zu has no name", i + 1);
			return false;
		}
	}
	return names_differ(columns, failure);
}

static void
append_key(sqlite3_str *sql, const json_t *columns)
{
	const char *before = ", PRIMARY KEY (";
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column) {
		if (!is_key(column))
			continue;
		sqlite3_str_appendf(sql, "%s\"%w\"", before, name_of(column));
		before = ", ";
	}
	if (strcmp(before, ", ") == 0)
		sqlite3_str_appendall(sql, ")");
}

char *
table_create_sql(const char *table, const json_t *columns)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	size_t i;
	const json_t *column;
	sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (", table);
	json_array_foreach (columns, i, column)
		sqlite3_str_appendf(sql, "%s\"%w\" %s%s", i ? ", " : "", name_of(column),
				    sqlite_type(column), is_required(column) ? " NOT NULL" : "");
	append_key(sql, columns);
	sqlite3_str_appendall(sql, ")");
	return sqlite3_str_finish(sql);
}

/* ---- comparing ---- */

/* What pragma_table_info tells of a column, in this order. */
enum { THERE_NAME, THERE_TYPE, THERE_NOT_NULL, THERE_KEY };

static const char *
there(const json_t *column, size_t what)
{
	const char *text = json_string_value(json_array_get(column, what));
	return text ? text : "";
}

static const json_t *
find_there(const json_t *columns, const char *name)
{
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column)
		if (sqlite3_stricmp(there(column, THERE_NAME), name) == 0)
			return column;
	return NULL;
}

static const json_t *
find_wanted(const json_t *columns, const char *name)
{
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column)
		if (sqlite3_stricmp(name_of(column), name) == 0)
			return column;
	return NULL;
}

static void
need(struct table_diff *diff, enum table_step step, const char *what, const char *column)
{
	if (step > diff->step)
		diff->step = step;
	json_array_append_new(diff->reasons, json_sprintf("%s '%s'", what, column));
}

/* A column that the table has already, at the same place or another. */
static void
compare_column(struct table_diff *diff, const json_t *old, const json_t *wanted)
{
	const char *name = name_of(wanted);
	bool required = strcmp(there(old, THERE_NOT_NULL), "0") != 0;
	bool key = strcmp(there(old, THERE_KEY), "0") != 0;
	if (strcmp(there(old, THERE_TYPE), sqlite_type(wanted)) != 0) {
		need(diff, TABLE_REBUILD, "change the type of column", name);
		diff->loses = true;
	} else if (required != is_required(wanted)) {
		need(diff, TABLE_REBUILD, required ? "no longer require column" : "require column",
		     name);
	} else if (key != is_key(wanted)) {
		need(diff, TABLE_REBUILD, "change the key by column", name);
	}
}

static bool
is_moved(const struct table_diff *diff, const json_t *columns)
{
	size_t i;
	const json_t *old;
	json_array_foreach (diff->there, i, old)
		if (sqlite3_stricmp(there(old, THERE_NAME), name_of(json_array_get(columns, i))) !=
		    0)
			return true;
	return false;
}

/*
 * Rows are inserted by position, so the order of columns counts: appending is enough only when the
 * new columns come behind all others and may be empty in the rows there are.
 */
static void
compare_columns(struct table_diff *diff, const json_t *columns)
{
	size_t i, count = json_array_size(diff->there);
	const json_t *column;
	json_array_foreach (columns, i, column) {
		const json_t *old = find_there(diff->there, name_of(column));
		if (old)
			compare_column(diff, old, column);
		else
			need(diff, i < count || is_required(column) ? TABLE_REBUILD : TABLE_APPEND,
			     "add column", name_of(column));
	}
	json_array_foreach (diff->there, i, column) {
		if (find_wanted(columns, there(column, THERE_NAME)))
			continue;
		need(diff, TABLE_REBUILD, "remove column", there(column, THERE_NAME));
		diff->loses = true;
	}
	if (diff->step < TABLE_REBUILD && is_moved(diff, columns))
		need(diff, TABLE_REBUILD,
		     "put the columns into the order of the schema, beginning with",
		     name_of(json_array_get(columns, 0)));
}

bool
table_compare(struct database *d, const json_t *columns, struct table_diff *ret_diff,
	      struct weft_failure *failure)
{
	struct table_diff diff = {
	    .step = TABLE_FITS, .reasons = json_array(), .there = json_array()};
	bool well =
	    !d->db ||
	    database_ask(d, failure, diff.there,
			 "SELECT name, type, \"notnull\", pk FROM pragma_table_info(%Q)", d->table);
	if (!well) {
		table_diff_done(&diff);
		return false;
	}
	if (json_array_size(diff.there) > 0)
		compare_columns(&diff, columns);
	else
		need(&diff, TABLE_CREATE, "create table", d->table);
	*ret_diff = diff;
	return true;
}

void
table_diff_done(struct table_diff *diff)
{
	json_decref(diff->reasons);
	json_decref(diff->there);
	*diff = (struct table_diff){.step = TABLE_FITS};
}

/* ---- changing ---- */

bool
table_append(struct database *d, const json_t *columns, const struct table_diff *diff,
	     struct weft_failure *failure)
{
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column) {
		if (find_there(diff->there, name_of(column)))
			continue;
		if (!database_run(d, failure, "ALTER TABLE \"%w\" ADD COLUMN \"%w\" %s", d->table,
				  name_of(column), sqlite_type(column)))
			return false;
	}
	return true;
}

/*
 * customer_accounts_v1_2_0, or with _2, _3 ... behind it when that is taken; to be freed with
 * sqlite3_free().
 */
static char *
name_for_old(struct database *d, const char *version)
{
	char *base = sqlite3_mprintf("%s_v%s", d->table, version);
	for (char *p = base ? base + strlen(d->table) : NULL; p && *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	char *name = sqlite3_mprintf("%s", base);
	for (int i = 2; name && database_has(d, name); i++) {
		sqlite3_free(name);
		name = sqlite3_mprintf("%s_%d", base, i);
	}
	sqlite3_free(base);
	return name;
}

static char *
common_columns(const json_t *columns, const struct table_diff *diff)
{
	sqlite3_str *list = sqlite3_str_new(NULL);
	const char *before = "";
	size_t i;
	const json_t *column;
	json_array_foreach (columns, i, column) {
		if (!find_there(diff->there, name_of(column)))
			continue;
		sqlite3_str_appendf(list, "%s\"%w\"", before, name_of(column));
		before = ", ";
	}
	return sqlite3_str_finish(list);
}

/* Two tables may have no column in common: then there is nothing to copy. */
static bool
copy_rows(struct database *d, const char *from, const json_t *columns,
	  const struct table_diff *diff, struct weft_failure *failure)
{
	char *common = common_columns(columns, diff);
	bool well =
	    !common ||
	    database_run(d, failure, "INSERT INTO \"%w\" (%s) SELECT %s FROM \"%w\" ORDER BY rowid",
			 d->table, common, common, from);
	sqlite3_free(common);
	return well;
}

static bool
keep_or_drop(struct database *d, const char *old, const char *old_version, bool keep,
	     struct weft_failure *failure)
{
	if (!keep)
		return database_run(d, failure, "DROP TABLE \"%w\"", old);
	return database_run(d, failure,
			    "INSERT INTO weft_archives (name, version, archived_at) VALUES (%Q, "
			    "%Q, strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', 'now'))",
			    old, old_version);
}

/*
 * The way that SQLite's manual gives (ALTER TABLE, section 8), turned round so that the old table
 * can stay.  With legacy_alter_table a rename leaves views alone: those that people made go on
 * reading the table of the product's name.
 */
bool
table_rebuild(struct database *d, const json_t *columns, const struct table_diff *diff,
	      const char *old_version, struct weft_failure *failure)
{
	char *old = name_for_old(d, old_version);
	char *create = table_create_sql(d->table, columns);
	bool well =
	    database_run(d, failure, "ALTER TABLE \"%w\" RENAME TO \"%w\"", d->table, old) &&
	    database_run(d, failure, "%s", create) && copy_rows(d, old, columns, diff, failure) &&
	    keep_or_drop(d, old, old_version, diff->loses, failure);
	sqlite3_free(create);
	sqlite3_free(old);
	return well;
}
