/*
 * migrate.c -- the schema: the files of sql/, in order, each in one transaction with its number.
 *
 * A file that landed never changes; the database remembers the number of the last one that it was
 * brought through.
 */
#include <stdlib.h>

#include "base/embedded.h"

#include "dialect.h"
#include "rulebook_fill.h"
#include "shortfall_parts.h"
#include "store_parts.h"

extern const struct embedded_file catalog_migrations[];

/* What SQL alone cannot fill a new table with: it is read out of documents. */
static const struct {
	int64_t number; /* of the migration, in whose transaction it happens */
	enum err_code (*fill)(struct db *db, struct err *e);
} fills[] = {
    {9, rulebook_fill_versions},
    {10, shortfall_fill},
};

/* INVARIANT: the n-th row is numbered n (a test holds it). */
static int64_t
newest(void)
{
	int64_t n = 0;
	while (catalog_migrations[n].name)
		n++;
	return n;
}

static enum err_code
check_not_newer(int64_t number, struct err *e)
{
	if (number > newest())
		return ERR(e, REFUSED,
			   "written by a newer Weft (schema %lld, this one knows up to %lld): run "
			   "that version "
			   "or a later one",
			   (long long)number, (long long)newest());
	return ERR_OK;
}

static enum err_code
fill(struct db *db, int64_t number, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(fills); i++)
		if (fills[i].number == number)
			CHECK(fills[i].fill(db, e));
	return ERR_OK;
}

/* Another process may have been faster: what counts is the number within the transaction. */
static enum err_code
apply_unless_applied(struct db *db, const struct embedded_file *file, int64_t number, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	int64_t there = 0;
	CHECK(db_take_time(db, e));
	CHECK(db_schema(db, &there, e));
	if (there >= number)
		return ERR_OK;
	CHECK(db_script(db, dialect_migration(db_dialect(db), file, &arena), e));
	CHECK(fill(db, number, e));
	return db_set_schema(db, number, e);
}

static enum err_code
apply(struct db *db, int64_t number, struct err *e)
{
	const struct embedded_file *file = &catalog_migrations[number - 1];
	CHECK(db_begin(db, e));
	if (apply_unless_applied(db, file, number, e) == ERR_OK && db_commit(db, e) == ERR_OK)
		return ERR_OK;
	db_roll_back(db);
	return err_while(e, "migration '%s'", file->name);
}

enum err_code
migrate(struct db *db, struct err *e)
{
	int64_t number = 0;
	CHECK(db_schema(db, &number, e));
	CHECK(check_not_newer(number, e));
	for (int64_t next = number + 1; next <= newest(); next++)
		CHECK(apply(db, next, e));
	return ERR_OK;
}

enum err_code
migrate_check(struct db *db, struct err *e)
{
	int64_t number = 0;
	CHECK(db_schema(db, &number, e));
	CHECK(check_not_newer(number, e));
	if (number < newest())
		return ERR(e, REFUSED,
			   "of an older Weft (schema %lld, this one reads %lld): start `weft "
			   "serve` once to "
			   "bring it forward",
			   (long long)number, (long long)newest());
	return ERR_OK;
}
