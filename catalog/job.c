/*
 * job.c -- the durable queue: one row for each job, a claim is a lease in it.
 *
 *     waiting   claimed NULL       due_at = run_at
 *     claimed   claimed = round    due_at = the lease's end: who comes later than that may claim it
 * again and asked for again meanwhile: claimed < round
 */
#include "job.h"

#include "dialect.h"
#include "pending.h"
#include "store_parts.h"

enum err_code
job_want(struct session *s, const char *kind, const char *subject, moment at, struct err *e)
{
	/* The earliest of several wishes counts; what a claim is working on is no wish any more. */
	static const char sql[] =
	    "INSERT INTO jobs (kind, subject, round, run_at, due_at, attempts) VALUES ($1, $2, 1, "
	    "$3, $3, 0)"
	    " ON CONFLICT (kind, subject) DO UPDATE SET round = jobs.round + 1, attempts = 0,"
	    " run_at = CASE WHEN jobs.claimed = jobs.round OR jobs.run_at > $3 THEN $3 ELSE "
	    "jobs.run_at END,"
	    " due_at = CASE WHEN jobs.claimed IS NULL AND jobs.due_at > $3 THEN $3 ELSE "
	    "jobs.due_at END";
	return db_run(s->db, sql, DB_ARGS(db_text(kind), db_text(subject), db_int(at)), e);
}

/* The job that is due longest, or when the next one will be. */
static enum err_code
find_due(struct session *s, struct arena *arena, struct job *ret_job, moment *ret_next,
	 bool *ret_found, struct err *e)
{
	static const char sql[] =
	    "SELECT kind, subject, round, attempts, run_at, error, due_at FROM jobs"
	    " ORDER BY due_at LIMIT 1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_NO_ARGS, &q, e));
	bool any = db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	moment due = any ? db_column_int(&q, 6) : 0;
	*ret_found = any && due <= session_now(s);
	*ret_next = due;
	if (*ret_found)
		*ret_job = (struct job){
		    .kind = db_column_text(&q, 0, arena),
		    .subject = db_column_text(&q, 1, arena),
		    .round = (uint64_t)db_column_int(&q, 2),
		    .attempts = (uint32_t)db_column_int(&q, 3),
		    .run_at = db_column_int(&q, 4),
		    .error = db_column_text(&q, 5, arena),
		};
	return ERR_OK;
}

/* A look without the writer first: an idle worker must not stand in the way of publishers. */
static enum err_code
is_any_due(struct store *store, struct arena *arena, bool *ret_found, moment *ret_next,
	   struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct job ignored;
	CHECK(store_read(store, &s, e));
	return find_due(s, arena, &ignored, ret_next, ret_found, e);
}

struct claim {
	moment lease_end;
	struct arena *arena;
	struct job job;
	moment next;
	bool found;
};

static enum err_code
write_claim(void *user, struct session *s, struct err *e)
{
	static const char sql[] =
	    "UPDATE jobs SET claimed = round, due_at = $3, claim = $4, holder = $5"
	    " WHERE kind = $1 AND subject = $2";
	struct claim *c = user;
	CHECK(find_due(s, c->arena, &c->job, &c->next, &c->found, e));
	if (!c->found)
		return ERR_OK;
	c->job.claim = session_now(s);
	return db_run(s->db, sql,
		      DB_ARGS(db_text(c->job.kind), db_text(c->job.subject), db_int(c->lease_end),
			      db_int(c->job.claim), db_text(s->store->holder)),
		      e);
}

enum err_code
job_claim(struct store *store, moment lease_end, struct arena *arena, struct job *ret_job,
	  moment *ret_next, struct err *e)
{
	struct claim c = {.lease_end = lease_end, .arena = arena};
	CHECK(is_any_due(store, arena, &c.found, &c.next, e));
	enum err_code code = c.found ? store_change(store, write_claim, &c, e) : ERR_OK;
	*ret_job = c.job;
	if (code != ERR_OK)
		return code;
	*ret_next = c.next;
	if (!c.found)
		return ERR(e, NOT_FOUND, "no job is due");
	return ERR_OK;
}

/* Asked for again meanwhile: it waits as if it had never been claimed. */
static enum err_code
free_if_asked_again(struct session *s, const struct job *job, const char *error, struct err *e)
{
	static const char sql[] = "UPDATE jobs SET claimed = NULL, due_at = run_at, error = $5"
				  " WHERE kind = $1 AND subject = $2 AND round > $3 AND claim = $4";
	CHECK(db_run(s->db, sql,
		     DB_ARGS(db_text(job->kind), db_text(job->subject), db_int((int64_t)job->round),
			     db_int(job->claim), db_text(error)),
		     e));
	if (db_changed(s->db) > 0)
		return ERR_OK;
	return ERR(e, STALE, "the lease of '%s' for '%s' ended, and somebody else has it",
		   job->kind, job->subject);
}

enum err_code
job_done(struct session *s, const struct job *job, struct err *e)
{
	static const char sql[] =
	    "DELETE FROM jobs WHERE kind = $1 AND subject = $2 AND round = $3 AND claim = $4";
	CHECK(db_run(s->db, sql,
		     DB_ARGS(db_text(job->kind), db_text(job->subject), db_int((int64_t)job->round),
			     db_int(job->claim)),
		     e));
	return db_changed(s->db) > 0 ? ERR_OK : free_if_asked_again(s, job, NULL, e);
}

enum err_code
job_again(struct session *s, const struct job *job, moment at, const char *error, struct err *e)
{
	static const char sql[] =
	    "UPDATE jobs SET claimed = NULL, attempts = attempts + 1, run_at = $5, due_at = $5,"
	    " error = $6 WHERE kind = $1 AND subject = $2 AND round = $3 AND claim = $4";
	CHECK(db_run(s->db, sql,
		     DB_ARGS(db_text(job->kind), db_text(job->subject), db_int((int64_t)job->round),
			     db_int(job->claim), db_int(at), db_text(error)),
		     e));
	return db_changed(s->db) > 0 ? ERR_OK : free_if_asked_again(s, job, error, e);
}

/* On SQLite the folder's lock says that nobody else is there. */
static const char *const free_leases[DIALECT_COUNT] = {
    [DIALECT_SQLITE] = "UPDATE jobs SET claimed = NULL, due_at = run_at WHERE claimed IS NOT NULL",
    [DIALECT_POSTGRES] = "UPDATE jobs SET claimed = NULL, due_at = run_at"
			 " WHERE claimed IS NOT NULL AND holder = $1",
};

enum err_code
job_free_leases(struct session *s, struct err *e)
{
	return db_run(s->db, free_leases[db_dialect(s->db)], DB_ARGS(db_text(s->store->holder)), e);
}

enum err_code
job_renew(struct session *s, const struct job *job, moment lease_end, struct err *e)
{
	static const char sql[] = "UPDATE jobs SET due_at = $4"
				  " WHERE kind = $1 AND subject = $2 AND claim = $3"
				  " AND claimed IS NOT NULL";
	return db_run(s->db, sql,
		      DB_ARGS(db_text(job->kind), db_text(job->subject), db_int(job->claim),
			      db_int(lease_end)),
		      e);
}

enum err_code
job_counts(struct session *s, uint64_t *ret_waiting, uint64_t *ret_failing, struct err *e)
{
	static const char sql[] = "SELECT count(*) FILTER (WHERE claimed IS NULL), count(*) FILTER "
				  "(WHERE attempts > 0) FROM jobs";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "no count of jobs");
	*ret_waiting = (uint64_t)db_column_int(&q, 0);
	*ret_failing = (uint64_t)db_column_int(&q, 1);
	return ERR_OK;
}
