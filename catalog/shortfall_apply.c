/*
 * shortfall_apply.c -- decisions about the version in force as rows of violations.
 *
 * A judgement replaces all rows of its product: it writes its own, over those that are there
 * already, which keep their `since`, and takes away what it did not write.  Its rows leave the
 * counts before that and join them after it.  Nothing is read, so that a publish waits for nothing.
 */
#include <string.h>

#include "db.h"
#include "projection.h"
#include "shortfall_parts.h"
#include "store_parts.h"

struct judged {
	const char *product;
	uint64_t seq;
	moment time;
};

static struct db_value
place(uint32_t number)
{
	return number ? db_int(number) : db_null_of(DB_INT);
}

/* What is beyond the most that an event's body holds has no row: a rebuild would not find it. */
static enum err_code
put(struct db *db, const struct judged *j, const struct violation *v, uint32_t part, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO violations (product, policy, rule, part, domain, owner, pointer,"
	    " enforcement, message, line, col, suggestion, since, since_seq, grace_end, seq)"
	    " SELECT $1, $2, $3, $4, p.domain, p.owner, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12"
	    " FROM products p WHERE p.name = $1"
	    " ON CONFLICT (product, policy, rule, part) DO UPDATE SET domain = excluded.domain,"
	    " owner = excluded.owner, pointer = excluded.pointer,"
	    " enforcement = excluded.enforcement, message = excluded.message,"
	    " line = excluded.line, col = excluded.col, suggestion = excluded.suggestion,"
	    " grace_end = excluded.grace_end, seq = excluded.seq";
	return db_run(db, sql,
		      DB_ARGS(db_text(j->product), db_text(v->policy),
			      db_text(v->rule ? v->rule : v->policy), db_int(part),
			      db_text(v->pointer), db_text(v->enforcement), db_text(v->message),
			      place(v->at.line), place(v->at.column), db_text(v->suggestion),
			      db_int(j->time), db_int((int64_t)j->seq),
			      v->grace_end ? db_int(v->grace_end) : db_null_of(DB_INT)),
		      e);
}

static enum err_code
put_all(struct db *db, const struct judged *j, const struct violations *found, struct err *e)
{
	const size_t kept = found ? shortfalls_kept(found) : 0;
	for (size_t i = 0; i < kept; i++)
		if (found->items[i].policy)
			CHECK(put(db, j, &found->items[i], shortfall_part(found, i), e));
	return ERR_OK;
}

static enum err_code
drop_cured(struct db *db, const struct judged *j, struct err *e)
{
	return db_run(db, "DELETE FROM violations WHERE product = $1 AND seq <> $2",
		      DB_ARGS(db_text(j->product), db_int((int64_t)j->seq)), e);
}

static enum err_code
drop_all(struct db *db, const char *product, struct err *e)
{
	return db_run(db, "DELETE FROM violations WHERE product = $1", DB_ARGS(db_text(product)),
		      e);
}

/* The rows alone: those of a database of before are counted once all are there. */
static enum err_code
replace(struct db *db, const struct judged *j, const struct violations *found, struct err *e)
{
	CHECK(put_all(db, j, found, e));
	return drop_cured(db, j, e);
}

static struct judged
judged_of(const struct event *ev)
{
	return (struct judged){.product = ev->subject, .seq = ev->seq, .time = ev->time};
}

/* --- how many --- */

/* The rows of a product as they are, `sign` times: 1 or -1.  What has come to 0 stays as it is. */
static enum err_code
count(struct db *db, const char *product, int sign, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO violation_counts (policy, domain, enforcement, owner, count)"
	    " SELECT policy, domain, enforcement, owner, $2 * count(*) FROM violations"
	    " WHERE product = $1 GROUP BY policy, domain, enforcement, owner"
	    " ON CONFLICT (policy, domain, enforcement, owner) DO UPDATE"
	    " SET count = violation_counts.count + excluded.count";
	return db_run(db, sql, DB_ARGS(db_text(product), db_int(sign)), e);
}

static enum err_code
count_out(struct db *db, const struct judged *j, struct err *e)
{
	return count(db, j->product, -1, e);
}

/* Of a new product that falls short of nothing, as most do, nothing is said at all. */
static enum err_code
count_in(struct db *db, const struct judged *j, const struct violations *found, struct err *e)
{
	return found && found->count > 0 ? count(db, j->product, 1, e) : ERR_OK;
}

static enum err_code
replace_counted(struct db *db, const struct judged *j, const struct violations *found,
		struct err *e)
{
	CHECK(count_out(db, j, e));
	CHECK(replace(db, j, found, e));
	return count_in(db, j, found, e);
}

/* --- the events --- */

enum err_code
shortfall_apply_found(struct session *s, struct happening *h, struct err *e)
{
	const struct judged j = judged_of(h->event);
	const struct violations *found = h->draft->finding.violations;
	if (!h->product_is_new)
		return replace_counted(s->db, &j, found, e);
	CHECK(put_all(s->db, &j, found, e));
	return count_in(s->db, &j, found, e);
}

enum err_code
shortfall_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	const struct judged j = judged_of(h->event);
	CHECK(count_out(s->db, &j, e));
	return drop_all(s->db, j.product, e);
}

/* --- a database of before --- */

enum { EVENTS_AT_ONCE = 200 };

static enum err_code
fill_from(struct db *db, const struct event *ev, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct judged j = judged_of(ev);
	struct violations found = {.arena = &arena};
	struct node body;
	if (strcmp(ev->kind, "product.retired") == 0)
		return drop_all(db, ev->subject, e);
	CHECK(event_body(ev, &arena, &body, e));
	violations_read(node_get(&body, "violations"), &found);
	return replace(db, &j, &found, e);
}

static struct event
event_of_row(const struct query *q, struct arena *arena)
{
	struct event ev = {
	    .seq = (uint64_t)db_column_int(q, 0),
	    .time = db_column_int(q, 1),
	    .kind = db_column_text(q, 2, arena),
	    .subject = db_column_text(q, 3, arena),
	};
	ev.body = db_column_bytes(q, 4, arena, &ev.body_length);
	return ev;
}

static enum err_code
read_some(struct db *db, uint64_t after, struct arena *arena, struct event *ret_events,
	  size_t *ret_count, struct err *e)
{
	static const char sql[] =
	    "SELECT seq, time, kind, subject, body FROM events WHERE seq > $1 AND body IS NOT NULL"
	    " AND kind IN ('product.published', 'product.judged', 'product.retired')"
	    " ORDER BY seq LIMIT $2";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(db, sql, DB_ARGS(db_int((int64_t)after), db_int(EVENTS_AT_ONCE)), &q, e));
	size_t count = 0;
	while (db_next(&q))
		ret_events[count++] = event_of_row(&q, arena);
	*ret_count = count;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
fill_some(struct db *db, uint64_t *after, size_t *ret_count, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct event *events = ARENA_ARRAY(&arena, struct event, EVENTS_AT_ONCE);
	CHECK(read_some(db, *after, &arena, events, ret_count, e));
	for (size_t i = 0; i < *ret_count; i++) {
		if (fill_from(db, &events[i], e) != ERR_OK)
			return err_while(e, "event %llu", (unsigned long long)events[i].seq);
		*after = events[i].seq;
	}
	return ERR_OK;
}

enum err_code
shortfall_fill(struct db *db, struct err *e)
{
	uint64_t after = 0;
	for (size_t count = EVENTS_AT_ONCE; count == EVENTS_AT_ONCE;)
		CHECK(fill_some(db, &after, &count, e));
	return ERR_OK;
}
