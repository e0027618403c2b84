/*
 * db.c -- from a connection to its driver, and what is the same for all: values made and read.
 */
#include "db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_driver.h"

/* --- connections --- */

bool
db_is_url(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

enum err_code
db_open(const char *where, enum db_mode mode, struct db **ret_db, struct err *e)
{
	const struct db_driver *driver = db_is_url(where) ? &postgres_driver : &sqlite_driver;
	struct db *db = NULL;
	CHECK(driver->open(where, mode, &db, e));
	db->driver = driver;
	*ret_db = db;
	return ERR_OK;
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	word_cutter_destroy(db->cutter);
	db->driver->close(db);
}

bool
db_is_lost(const struct db *db, struct err *ret_why)
{
	return db->driver->is_lost && db->driver->is_lost(db, ret_why);
}

bool
db_commit_unknown(const struct db *db)
{
	return db->driver->commit_unknown && db->driver->commit_unknown(db);
}

enum dialect
db_dialect(const struct db *db)
{
	return db->driver->dialect;
}

struct word_cutter *
db_cutter(struct db *db)
{
	if (!db->cutter)
		db->cutter = word_cutter_create();
	return db->cutter;
}

enum err_code
db_schema(struct db *db, int64_t *ret_number, struct err *e)
{
	return db->driver->schema(db, ret_number, e);
}

enum err_code
db_set_schema(struct db *db, int64_t number, struct err *e)
{
	return db->driver->set_schema(db, number, e);
}

bool
db_has_journal(const struct db *db)
{
	return db->driver->settle != NULL;
}

uint32_t
db_waiting(const struct db *db)
{
	return db->driver->waiting ? db->driver->waiting(db) : 0;
}

enum err_code
db_settle(struct db *db, uint32_t *ret_waiting, struct err *e)
{
	*ret_waiting = 0;
	return db->driver->settle ? db->driver->settle(db, ret_waiting, e) : ERR_OK;
}

/* --- transactions and statements --- */

enum err_code
db_begin(struct db *db, struct err *e)
{
	return db->driver->begin(db, e);
}

enum err_code
db_commit(struct db *db, struct err *e)
{
	return db->driver->commit(db, e);
}

void
db_roll_back(struct db *db)
{
	db->driver->roll_back(db);
}

enum err_code
db_take_time(struct db *db, struct err *e)
{
	return db->driver->take_time ? db->driver->take_time(db, e) : ERR_OK;
}

enum err_code
db_run(struct db *db, const char *sql, struct db_args args, struct err *e)
{
	db->runs++;
	return db->driver->run(db, sql, args, e);
}

uint64_t
db_runs(const struct db *db)
{
	return db->runs;
}

enum err_code
db_script(struct db *db, const char *sql, struct err *e)
{
	return db->driver->script(db, sql, e);
}

int64_t
db_changed(struct db *db)
{
	return db->driver->changed(db);
}

enum err_code
db_listen(struct db *db, struct err *e)
{
	return db->driver->listen ? db->driver->listen(db, e) : ERR_OK;
}

bool
db_await_notice(struct db *db, const char *self, int wake, int milliseconds)
{
	return db->driver->await_notice && db->driver->await_notice(db, self, wake, milliseconds);
}

enum err_code
db_query(struct db *db, const char *sql, struct db_args args, struct query *q, struct err *e)
{
	query_close(q);
	return db->driver->query(db, sql, args, q, e);
}

enum err_code
db_scan(struct db *db, const char *sql, struct db_args args, struct query *q, struct err *e)
{
	query_close(q);
	return db->driver->scan(db, sql, args, q, e);
}

bool
db_next(struct query *q)
{
	return !q->done && q->db->driver->next(q);
}

bool
query_failed(struct query *q, struct err *e)
{
	return q->failed != ERR_OK && q->db->driver->failed(q, e) != ERR_OK;
}

void
query_close(struct query *q)
{
	if (q->statement)
		q->db->driver->end(q);
	*q = (struct query){0};
}

/* --- values that go in --- */

struct db_value
db_null(void)
{
	return (struct db_value){.kind = DB_NULL};
}

struct db_value
db_null_of(enum db_kind kind)
{
	return (struct db_value){.kind = DB_NULL, .instead_of = kind};
}

struct db_value
db_int(int64_t n)
{
	return (struct db_value){.kind = DB_INT, .integer = n};
}

struct db_value
db_text(const char *text)
{
	return text ? (struct db_value){.kind = DB_TEXT, .bytes = text, .length = strlen(text)}
		    : db_null_of(DB_TEXT);
}

struct db_value
db_bytes(const void *bytes, size_t length)
{
	return (struct db_value){.kind = DB_BLOB, .bytes = bytes ? bytes : "", .length = length};
}

struct db_value
db_hash(const struct digest *d)
{
	return db_bytes(d->bytes, DIGEST_SIZE);
}

/* --- values that come out --- */

struct db_value
db_column_value(const struct query *q, int column)
{
	return q->db->driver->column(q, column);
}

int
db_column_count(const struct query *q)
{
	return q->db->driver->column_count(q);
}

enum db_kind
db_column_kind(const struct query *q, int column)
{
	return db_column_value(q, column).kind;
}

bool
db_column_is_null(const struct query *q, int column)
{
	return db_column_value(q, column).kind == DB_NULL;
}

int64_t
db_column_int(const struct query *q, int column)
{
	struct db_value v = db_column_value(q, column);
	switch (v.kind) {
	case DB_INT:
		return v.integer;
	case DB_REAL:
		return (int64_t)v.real;
	case DB_TEXT:
		return strtoll(v.bytes, NULL, 10);
	case DB_BLOB:
	case DB_NULL:
		break;
	}
	return 0;
}

double
db_column_real(const struct query *q, int column)
{
	struct db_value v = db_column_value(q, column);
	switch (v.kind) {
	case DB_REAL:
		return v.real;
	case DB_INT:
		return (double)v.integer;
	case DB_TEXT:
		return strtod(v.bytes, NULL);
	case DB_BLOB:
	case DB_NULL:
		break;
	}
	return 0;
}

const char *
db_column_bytes(const struct query *q, int column, struct arena *arena, size_t *ret_length)
{
	struct db_value v = db_column_value(q, column);
	const char *number = NULL;
	if (v.kind == DB_NULL)
		return NULL;
	if (v.kind == DB_INT)
		number = arena_printf(arena, "%lld", (long long)v.integer);
	else if (v.kind == DB_REAL)
		number = arena_printf(arena, "%.15g", v.real);
	if (ret_length)
		*ret_length = number ? strlen(number) : v.length;
	return number ? number : arena_bytes(arena, v.bytes, v.length);
}

const char *
db_column_text(const struct query *q, int column, struct arena *arena)
{
	return db_column_bytes(q, column, arena, NULL);
}

struct digest
db_column_hash(const struct query *q, int column)
{
	struct digest d = {0};
	struct db_value v = db_column_value(q, column);
	if (v.kind == DB_BLOB && v.length == DIGEST_SIZE)
		memcpy(d.bytes, v.bytes, DIGEST_SIZE);
	return d;
}
