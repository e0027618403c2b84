/*
 * statements.c -- a small hash table from the address of an SQL text to its prepared statement.
 *
 * It never shrinks and is at most three quarters full; a statement that finds no room is prepared
 * for one use.
 */
#include "statements.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static struct statement **
find_slot(struct statements *all, const char *sql)
{
	size_t i = (size_t)(((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 40);
	for (;; i++) {
		struct statement **slot = &all->slots[i % STATEMENT_SLOTS];
		if (!*slot || (*slot)->address == sql)
			return slot;
	}
}

/* SQLite takes $1 as a name and numbers names as they come: note where each number went. */
static void
note_places(struct statement *s)
{
	int count = sqlite3_bind_parameter_count(s->prepared);
	for (int place = 1; place <= count; place++) {
		const char *name = sqlite3_bind_parameter_name(s->prepared, place);
		assert(name && name[0] == '$');
		long number = strtol(name + 1, NULL, 10);
		assert(number >= 1 && number <= STATEMENT_MOST_ARGS);
		s->places[number - 1] = (unsigned char)place;
	}
}

static struct statement *
prepare(sqlite3 *handle, const char *sql, unsigned flags)
{
	sqlite3_stmt *prepared = NULL;
	if (sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, NULL) != SQLITE_OK)
		return NULL;
	struct statement *s = memory_alloc(sizeof *s);
	s->address = sql;
	s->prepared = prepared;
	note_places(s);
	return s;
}

struct statement *
statement_get(struct statements *all, sqlite3 *handle, const char *sql)
{
	struct statement **slot = find_slot(all, sql), *s = *slot;
	if (s && !s->busy && strcmp(sqlite3_sql(s->prepared), sql) == 0) {
		s->busy = true;
		return s;
	}
	bool keep = !s && all->count < STATEMENT_SLOTS / 4 * 3;
	s = prepare(handle, sql, keep ? SQLITE_PREPARE_PERSISTENT : 0);
	if (!s)
		return NULL;
	s->busy = true;
	s->kept = keep;
	if (keep) {
		*slot = s;
		all->count++;
	}
	return s;
}

void
statement_release(struct statement *s)
{
	if (!s->kept) {
		sqlite3_finalize(s->prepared);
		free(s);
		return;
	}
	sqlite3_reset(s->prepared);
	sqlite3_clear_bindings(s->prepared);
	s->busy = false;
}

void
statements_done(struct statements *all)
{
	for (size_t i = 0; i < STATEMENT_SLOTS; i++) {
		if (!all->slots[i])
			continue;
		assert(!all->slots[i]->busy);
		sqlite3_finalize(all->slots[i]->prepared);
		free(all->slots[i]);
	}
	*all = (struct statements){0};
}
