/*
 * db_driver.h -- what a database must do to stand behind db.h.  Seen by db.c and the drivers alone.
 *
 * A driver's connection begins with a `struct db`, so that the one is found from the other:
 *
 *     struct sqlite_db { struct db db; sqlite3 *handle; ... };
 */
#ifndef WEFT_CATALOG_DB_DRIVER_H
#define WEFT_CATALOG_DB_DRIVER_H

#include "db.h"
#include "dialect.h"
#include "word_cutter.h"

/* A row of the table: each function as db.h says it. NULL in the last two: there is nothing to do.
 */
struct db_driver {
	enum dialect dialect;

	/* On failure a driver leaves nothing open. */
	enum err_code (*open)(const char *where, enum db_mode mode, struct db **ret_db,
			      struct err *e);
	void (*close)(struct db *db);

	enum err_code (*schema)(struct db *db, int64_t *ret_number, struct err *e);
	enum err_code (*set_schema)(struct db *db, int64_t number, struct err *e);

	enum err_code (*begin)(struct db *db, struct err *e);
	enum err_code (*commit)(struct db *db, struct err *e);
	void (*roll_back)(struct db *db);
	enum err_code (*take_time)(struct db *db, struct err *e);

	enum err_code (*run)(struct db *db, const char *sql, struct db_args args, struct err *e);
	enum err_code (*script)(struct db *db, const char *sql, struct err *e);
	int64_t (*changed)(struct db *db);

	enum err_code (*query)(struct db *db, const char *sql, struct db_args args, struct query *q,
			       struct err *e);
	enum err_code (*scan)(struct db *db, const char *sql, struct db_args args, struct query *q,
			      struct err *e);
	bool (*next)(struct query *q);
	enum err_code (*failed)(struct query *q, struct err *e);
	void (*end)(struct query *q); /* q->statement is not NULL */

	/* Of the row in hand; a text or bytes are borrowed until the next step, a NUL behind texts.
	 */
	int (*column_count)(const struct query *q);
	struct db_value (*column)(const struct query *q, int column);

	/* These, and take_time, may be NULL. */
	uint32_t (*waiting)(const struct db *db);
	bool (*is_lost)(const struct db *db, struct err *ret_why);
	enum err_code (*listen)(struct db *db, struct err *e);
	bool (*await_notice)(struct db *db, const char *self, int wake, int milliseconds);
	bool (*commit_unknown)(const struct db *db);
	enum err_code (*settle)(struct db *db, uint32_t *ret_waiting, struct err *e);
};

extern const struct db_driver sqlite_driver, postgres_driver;

struct db {
	const struct db_driver *driver;
	struct word_cutter *cutter; /* owned; NULL until somebody needs it */
	uint64_t runs;              /* statements without rows, since it was opened */
};

#endif
