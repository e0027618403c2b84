/*
 * tamper.h -- what somebody with the database file and the sqlite3 command, or with psql, could do
 * behind Weft's back.
 */
#ifndef WEFT_TESTS_CATALOG_TAMPER_H
#define WEFT_TESTS_CATALOG_TAMPER_H

#include <sqlite3.h>

#include "fixture.h"

static inline void
tamper_sqlite(struct mesh *m, const char *sql)
{
	sqlite3 *db = NULL;
	char *message = NULL;
	assert_int_equal(sqlite3_open(mesh_path(m, "weft.db"), &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 10000); /* the indexer works beside us */
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A few functions that the tests use have other names there. */
static inline const char *
in_other_words(struct mesh *m, const char *sql)
{
	static const char *const words[][2] = {{"zeroblob(31)", "decode(repeat('00', 31), 'hex')"},
					       {"zeroblob(32)", "decode(repeat('00', 32), 'hex')"},
					       {"char(10)", "chr(10)"}};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (const char *at; (at = strstr(sql, words[i][0])) != NULL;)
			sql = arena_printf(&m->arena, "%.*s%s%s", (int)(at - sql), sql, words[i][1],
					   at + strlen(words[i][0]));
	return sql;
}

static inline void
tamper(struct mesh *m, const char *sql)
{
	if (database_is_sqlite()) {
		tamper_sqlite(m, sql);
		return;
	}
	const char *message = database_do(&m->database, in_other_words(m, sql), NULL);
	if (message)
		fail_msg("%s: %s", sql, message);
}

/* The index and its documents agree: FTS5's own comparison, or that each has a row for the other.
 */
static inline void
check_search_index(struct mesh *m)
{
	tamper(m,
	       database_is_sqlite()
		   ? "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
		   : "SELECT 1 / (CASE WHEN EXISTS (SELECT 1 FROM search_words w FULL JOIN "
		     "(SELECT id FROM search_documents WHERE id NOT IN (SELECT id FROM"
		     " search_pending)) d ON d.id = w.id WHERE d.id IS NULL OR w.id IS NULL)"
		     " THEN 0 ELSE 1 END)");
}

#endif
