/*
 * postgres_rows.h -- rows that go together: what a transaction inserts by one text is gathered and
 * sent as one statement.  Private to the PostgreSQL driver.
 *
 *     INSERT INTO t (a, b, c) VALUES ($1, 'x', $3) ON CONFLICT (a) DO NOTHING       n times
 *     INSERT INTO t (a, b, c) SELECT u.p1, 'x', u.p3
 *       FROM unnest($1::int8[], $2::text[]) AS u (p1, p3) ON CONFLICT (a) DO NOTHING   once
 *
 * A commit of many publishes is then a dozen statements instead of a thousand, and what a statement
 * costs the server besides its rows is the most of it.
 *
 * Texts of other forms are not gathered (nor those with DO UPDATE: one statement cannot change a
 * row twice), and whoever sends one sends what was gathered before it: among INSERTs of different
 * texts the order does not matter, between them and all else it does.
 */
#ifndef WEFT_CATALOG_POSTGRES_ROWS_H
#define WEFT_CATALOG_POSTGRES_ROWS_H

#include "postgres_pipeline.h"

struct row_group;

struct postgres_rows {
	struct row_group *
	    *groups; /* one for each text that was ever gathered; owned, as the list */
	size_t count, room;
	size_t bytes; /* gathered and not sent */
};

void postgres_rows_done(struct postgres_rows *all);

/* postgres_rows_take -- false, and nothing done, when it is to be sent as it is. */
bool postgres_rows_take(struct postgres_rows *all, const char *sql,
			const struct postgres_args *args);

/* postgres_rows_are_many -- it is time to send them. */
bool postgres_rows_are_many(const struct postgres_rows *all);

/* postgres_rows_send -- all groups, in the order in which they were first used. */
enum err_code postgres_rows_send(struct postgres_rows *all, struct postgres_statements *statements,
				 struct pipeline *p, struct err *e);

/* postgres_rows_forget -- the transaction was rolled back. */
void postgres_rows_forget(struct postgres_rows *all);

#endif
