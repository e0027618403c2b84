/*
 * test_schema.c -- conventions of the schema that a machine can check.
 */
#include <ctype.h>

#include "base/embedded.h"

#include "tamper.h"

extern const struct embedded_file catalog_migrations[];

static void
migrations_are_numbered_without_gaps(void **state)
{
	(void)state;
	for (int i = 0; catalog_migrations[i].name; i++) {
		char expected[20];
		snprintf(expected, sizeof expected, "sql/%04d_", i + 1);
		if (strncmp(catalog_migrations[i].name, expected, strlen(expected)) != 0)
			fail_msg("'%s' is not number %d", catalog_migrations[i].name, i + 1);
	}
}

/* The next line of the text, or NULL. */
static const char *
next_line(struct mesh *m, const char **text)
{
	if (!**text)
		return NULL;
	size_t length = strcspn(*text, "\n");
	const char *line = arena_bytes(&m->arena, *text, length);
	*text += length + ((*text)[length] == '\n');
	return line;
}

static void
every_table_and_column_has_a_comment(void **state)
{
	struct mesh *m = *state;
	int tables = 0, columns = 0;
	for (int i = 0; catalog_migrations[i].name; i++) {
		bool inside = false;
		const char *text = catalog_migrations[i].data;
		for (const char *line; (line = next_line(m, &text)) != NULL;) {
			bool begins = strncmp(line, "CREATE TABLE", 12) == 0;
			bool is_column =
			    inside && line[0] == '\t' && islower((unsigned char)line[1]);
			if ((begins || is_column) && !strstr(line, " -- "))
				fail_msg("%s: '%s' has no comment", catalog_migrations[i].name,
					 line);
			tables += begins;
			columns += is_column;
			inside = begins || (inside && line[0] != ')');
		}
	}
	assert_true(tables >= 15);
	assert_true(columns >= 100);
}

static int
text_of_column(void *user, int count, char **values, char **names)
{
	(void)count, (void)names;
	buf_printf(user, "%s\n", values[0]);
	return 0;
}

/* All rows of a query's first column, one a line. */
static const char *
ask(struct mesh *m, const char *sql)
{
	CLEANUP(buf_done) struct buf b = {0};
	sqlite3 *db = NULL;
	buf_text(&b, "");
	assert_int_equal(sqlite3_open(mesh_path(m, "weft.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, text_of_column, &b, NULL), SQLITE_OK);
	sqlite3_close(db);
	return arena_text(&m->arena, b.data);
}

static const char *
ask_postgres(struct mesh *m, const char *sql)
{
	char *rows = NULL;
	const char *message = database_do(&m->database, sql, &rows);
	const char *text = arena_text(&m->arena, rows);
	free(rows);
	assert_null(message);
	return text;
}

static void
a_new_database_says_whose_it_is_and_which_schema_it_has(void **state)
{
	struct mesh *m = *state;
	int count = 0;
	while (catalog_migrations[count].name)
		count++;
	if (!database_is_sqlite()) {
		assert_string_equal(ask_postgres(m, "SELECT application FROM weft_schema"),
				    "1464157780\n");
		assert_string_equal(ask_postgres(m, "SELECT number FROM weft_schema"),
				    arena_printf(&m->arena, "%d\n", count));
		return;
	}
	assert_string_equal(ask(m, "PRAGMA application_id"), "1464157780\n"); /* "WEFT" */
	assert_string_equal(ask(m, "PRAGMA user_version"), arena_printf(&m->arena, "%d\n", count));
	assert_string_equal(ask(m, "PRAGMA journal_mode"), "wal\n");
	assert_string_equal(ask(m, "PRAGMA integrity_check"), "ok\n");
}

/* What is neither a projection nor one of these would be lost or kept by accident in a rebuild. */
static void
every_table_is_a_projection_or_known_not_to_be(void **state)
{
	struct mesh *m = *state;
	static const char *const others[] = {
	    "events", "log_tree", "checkpoints",  "log_lock",       "writers",
	    "jobs",   "tokens",   "kept_answers", "search_pending", "standing"};
	const struct projection_digests d = mesh_digests(m);
	const char *names =
	    !database_is_sqlite()
		? ask_postgres(m, "SELECT tablename FROM pg_tables WHERE schemaname ="
				  " current_schema() AND tablename NOT IN ('weft_schema',"
				  " 'search_words')")
		: ask(m, "SELECT name FROM sqlite_schema WHERE type = 'table'"
			 " AND name NOT LIKE 'search_index%' AND name NOT LIKE 'sqlite_%'");
	size_t tables = 0, known = 0;
	for (const char *name; (name = next_line(m, &names)) != NULL; tables++) {
		for (size_t i = 0; i < d.count; i++)
			known += strcmp(d.items[i].table, name) == 0;
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			known += strcmp(others[i], name) == 0;
	}
	assert_int_equal(tables, known);
	assert_int_equal(tables, d.count + ARRAY_LEN(others));
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(migrations_are_numbered_without_gaps),
	    HERE(every_table_and_column_has_a_comment),
	    HERE(a_new_database_says_whose_it_is_and_which_schema_it_has),
	    HERE(every_table_is_a_projection_or_known_not_to_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
