/*
 * postgres_pipeline.c -- libpq's pipeline mode (PostgreSQL 15, section 34.5), without ever blocking
 * in libpq.
 *
 * A sync point follows every few kilobytes: the server counts a session as idle only behind one,
 * and only an idle session loses its transaction when its process stands still.
 */
#include "postgres_pipeline.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SYNC_BYTES = 4096,  /* less than what libpq sends on its own */
	MOST_UNREAD = 2000, /* steps whose answers are left to the socket's buffers */
};

/* --- what went wrong --- */

// clang-format off
/* The first that the error's SQLSTATE begins with (PostgreSQL 15, appendix A). */
static const struct {
	const char *state;
	enum err_code code;
} codes[] = {
	{"08",    ERR_UNAVAILABLE}, /* connection exceptions */
	{"25006", ERR_UNAVAILABLE}, /* read only: it was the primary, and is no more */
	{"25P03", ERR_UNAVAILABLE}, /* stood still within a transaction */
	{"57P",   ERR_UNAVAILABLE}, /* shutdown, crash, starting up, idle for too long */
	{"53300", ERR_UNAVAILABLE}, /* too many connections */
	{"57014", ERR_TIMEOUT},     /* statement_timeout */
	{"40001", ERR_BUSY},        /* serialization */
	{"40P01", ERR_BUSY},        /* deadlock */
	{"55P03", ERR_BUSY},        /* lock_timeout */
	{"53100", ERR_NO_SPACE},
	{"22021", ERR_MALFORMED},   /* bytes that are no characters */
	{"54",    ERR_TOO_LARGE},   /* program limits */
	{"42501", ERR_IO},          /* no permission */
	{"58",    ERR_IO},          /* the server's own input and output */
	{"XX001", ERR_CORRUPT},
	{"XX002", ERR_CORRUPT},
};
// clang-format on

static enum err_code
code_of(const struct pipeline *p, const char *state)
{
	if (p->mode == DB_READ && strcmp(state, "25006") == 0)
		return ERR_IO; /* a reader that writes */
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strncmp(codes[i].state, state, strlen(codes[i].state)) == 0)
			return codes[i].code;
	return ERR_INTERNAL;
}

static void
note_failure(struct pipeline *p, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	if (p->failure.code != ERR_OK)
		return;
	err_set(&p->failure, code_of(p, state ? state : "08"), "database: %s",
		message ? message : "the connection was lost");
}

/* Nothing comes back any more. */
static void PRINTF(2, 3) lose(struct pipeline *p, const char *format, ...)
{
	char message[500];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	message[strcspn(message, "\n")] = '\0';
	if (p->failure.code != ERR_UNAVAILABLE)
		err_set(&p->failure, ERR_UNAVAILABLE, "database: %s", message);
	PQfinish(p->conn);
	p->conn = NULL;
	p->first = p->count = 0;
}

enum err_code
pipeline_failure(const struct pipeline *p, struct err *e)
{
	if (p->failure.code != ERR_OK)
		*e = p->failure;
	return p->failure.code;
}

void
pipeline_forgive(struct pipeline *p)
{
	if (p->conn)
		p->failure.code = ERR_OK;
}

/* --- opening --- */

static void
ignore_notice(void *user, const PGresult *notice)
{
	(void)user, (void)notice;
}

enum err_code
pipeline_open(struct pipeline *p, PGconn *conn, enum db_mode mode, struct err *e)
{
	*p = (struct pipeline){.conn = conn, .mode = mode, .patience = SECONDS(PIPELINE_PATIENCE)};
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	if (PQsetnonblocking(conn, 1) != 0 || PQenterPipelineMode(conn) != 1)
		return ERR(e, INTERNAL, "database: %s", PQerrorMessage(conn));
	return ERR_OK;
}

void
pipeline_close(struct pipeline *p)
{
	PQclear(p->rows);
	PQfinish(p->conn);
	free(p->steps);
	*p = (struct pipeline){0};
}

/* --- sending --- */

static void
make_room(struct pipeline *p)
{
	if (p->first + p->count < p->room)
		return;
	if (p->first > p->room / 2) {
		memmove(p->steps, p->steps + p->first, p->count * sizeof *p->steps);
		p->first = 0;
		return;
	}
	p->room = p->room ? p->room * 2 : 64;
	p->steps = memory_resize(p->steps, p->room * sizeof *p->steps);
}

static void
note_step(struct pipeline *p, enum step_kind kind, struct postgres_statement *statement)
{
	make_room(p);
	p->steps[p->first + p->count++] = (struct step){kind, ++p->sent, statement};
	if (kind == STEP_COMMIT)
		p->commit = COMMIT_ASKED_FOR;
}

/* Gives false when the connection was lost. */
static bool
sent(struct pipeline *p, int result)
{
	if (result != 1)
		lose(p, "%s", PQerrorMessage(p->conn));
	return result == 1;
}

void
pipeline_sync(struct pipeline *p)
{
	if (!p->conn || !sent(p, PQpipelineSync(p->conn)))
		return;
	note_step(p, STEP_SYNC, NULL);
	p->unsynced = 0;
	if (PQflush(p->conn) < 0)
		lose(p, "%s", PQerrorMessage(p->conn));
}

static bool
prepare(struct pipeline *p, const char *sql, struct postgres_statement *s)
{
	if (!sent(p, PQsendPrepare(p->conn, s->name, sql, s->count, s->types)))
		return false;
	s->prepared = true;
	note_step(p, STEP_PREPARE, s);
	return true;
}

static bool
send_kept(struct pipeline *p, const char *sql, struct postgres_statement *s,
	  const struct postgres_args *a)
{
	if (!s->prepared && !prepare(p, sql, s))
		return false;
	return sent(p, PQsendQueryPrepared(p->conn, s->name, a->count, a->values, a->lengths,
					   a->formats, 1));
}

static bool
send_once(struct pipeline *p, const char *sql, const struct postgres_args *a)
{
	return sent(p, PQsendQueryParams(p->conn, sql, a->count, a->types, a->values, a->lengths,
					 a->formats, 1));
}

enum err_code
pipeline_send(struct pipeline *p, enum step_kind kind, const char *sql,
	      struct postgres_statement *statement, const struct postgres_args *args, struct err *e)
{
	CHECK(pipeline_failure(p, e));
	if (!(statement ? send_kept(p, sql, statement, args) : send_once(p, sql, args)))
		return pipeline_failure(p, e);
	note_step(p, kind, NULL);
	p->unsynced += args->bytes;
	if (p->unsynced >= SYNC_BYTES || p->count >= MOST_UNREAD)
		pipeline_sync(p);
	if (p->count >= MOST_UNREAD)
		return pipeline_await(p, p->sent, e); /* which needs the sync point */
	return pipeline_failure(p, e);
}

/* --- receiving --- */

/*
 * A statement that was not prepared after all is asked for again the next time.  A session that is
 * ended answers its COMMIT with that also when the commit has just happened.
 */
static void
take_failure(struct pipeline *p, const struct step *step, const PGresult *result)
{
	if (step->kind == STEP_PREPARE)
		step->statement->prepared = false;
	if (PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
		note_failure(p, result);
	if (step->kind == STEP_COMMIT && p->failure.code != ERR_UNAVAILABLE)
		p->commit = COMMIT_REFUSED;
}

/* A transaction in which something failed is rolled back by its COMMIT. */
static void
take_commit(struct pipeline *p, const PGresult *result)
{
	bool done = strcmp(PQcmdStatus((PGresult *)result), "COMMIT") == 0;
	p->commit = done ? COMMIT_DONE : COMMIT_REFUSED;
	if (!done && p->failure.code == ERR_OK)
		err_set(&p->failure, ERR_INTERNAL, "database: the transaction was rolled back");
}

static void
take_success(struct pipeline *p, const struct step *step, PGresult *result)
{
	switch (step->kind) {
	case STEP_RUN:
		p->changed = strtoll(PQcmdTuples(result), NULL, 10);
		break;
	case STEP_QUERY:
		PQclear(p->rows);
		p->rows = result;
		return;
	case STEP_COMMIT:
		take_commit(p, result);
		break;
	case STEP_PREPARE:
	case STEP_SYNC:
		break;
	}
	PQclear(result);
}

static void
step_is_over(struct pipeline *p)
{
	p->first++;
	if (--p->count == 0)
		p->first = 0;
}

/* A statement's answer is a result and then a NULL; a sync point's is a result alone. */
static void
take(struct pipeline *p, PGresult *result)
{
	const struct step *step = &p->steps[p->first];
	if (!result) {
		step_is_over(p);
		return;
	}
	switch (PQresultStatus(result)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		take_success(p, step, result);
		return;
	case PGRES_PIPELINE_SYNC:
		step_is_over(p);
		break;
	default:
		take_failure(p, step, result);
		break;
	}
	PQclear(result);
}

/* What has arrived, also before the connection broke. */
static void
take_arrived(struct pipeline *p)
{
	while (p->conn && p->count > 0 && !PQisBusy(p->conn))
		take(p, PQgetResult(p->conn));
}

static void
receive(struct pipeline *p)
{
	if (PQconsumeInput(p->conn) == 1)
		return;
	take_arrived(p);
	lose(p, "%s", PQerrorMessage(p->conn));
}

/* Send what is left to send, and wait for something to read. */
static void
wait_for_input(struct pipeline *p, moment deadline)
{
	int unsent = PQflush(p->conn);
	moment left = deadline - clock_monotonic();
	struct pollfd fd = {.fd = PQsocket(p->conn),
			    .events = (short)(POLLIN | (unsent > 0 ? POLLOUT : 0))};
	int ready = unsent < 0 ? 1 : poll(&fd, 1, left > 0 ? (int)(left / 1000) + 1 : 0);
	if (ready == 0 && left <= 0)
		lose(p, "no answer within %lld seconds", (long long)(p->patience / SECONDS(1)));
	else if (ready > 0 && (unsent < 0 || (fd.revents & ~POLLOUT)))
		receive(p); /* also why nothing can be sent */
	if (unsent < 0 && p->conn)
		lose(p, "%s", PQerrorMessage(p->conn));
}

enum err_code
pipeline_await(struct pipeline *p, uint64_t number, struct err *e)
{
	moment deadline = clock_monotonic() + p->patience;
	while (p->conn && p->count > 0 && p->steps[p->first].number <= number) {
		if (PQisBusy(p->conn)) {
			wait_for_input(p, deadline);
			continue;
		}
		take(p, PQgetResult(p->conn));
		deadline = clock_monotonic() + p->patience;
	}
	/* A server that refuses for such a reason is not the one to talk to any more. */
	if (p->conn && p->failure.code == ERR_UNAVAILABLE)
		lose(p, "%s", p->failure.message);
	return pipeline_failure(p, e);
}

/* A session that was ended says so first; the end of the connection comes behind it. */
void
pipeline_glance(struct pipeline *p)
{
	struct pollfd fd = {.fd = p->conn ? PQsocket(p->conn) : -1, .events = POLLIN};
	while (p->conn && poll(&fd, 1, 0) > 0)
		receive(p);
	take_arrived(p);
}

/* Several may have come at once. */
static bool
take_notices(struct pipeline *p, const char *self)
{
	bool found = false;
	for (PGnotify *n; p->conn && (n = PQnotifies(p->conn)) != NULL;) {
		found |= strcmp(n->extra, self) != 0;
		PQfreemem(n);
	}
	return found;
}

bool
pipeline_await_notice(struct pipeline *p, const char *self, int wake, int milliseconds)
{
	moment deadline = clock_monotonic() + (moment)milliseconds * 1000;
	while (p->conn && !take_notices(p, self)) {
		moment left = deadline - clock_monotonic();
		struct pollfd fds[] = {{.fd = PQsocket(p->conn), .events = POLLIN},
				       {.fd = wake, .events = POLLIN}};
		if (left <= 0 || poll(fds, ARRAY_LEN(fds), (int)(left / 1000) + 1) == 0 ||
		    fds[1].revents)
			return false;
		if (fds[0].revents)
			receive(p);
	}
	return p->conn != NULL;
}

/* --- a script --- */

static void
take_script(struct pipeline *p)
{
	moment deadline = clock_monotonic() + p->patience;
	while (p->conn) {
		if (PQisBusy(p->conn)) {
			wait_for_input(p, deadline);
			continue;
		}
		PGresult *result = PQgetResult(p->conn);
		if (!result)
			return;
		ExecStatusType status = PQresultStatus(result);
		if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
		    status != PGRES_EMPTY_QUERY)
			note_failure(p, result);
		PQclear(result);
	}
}

enum err_code
pipeline_script(struct pipeline *p, const char *sql, struct err *e)
{
	pipeline_sync(p);
	CHECK(pipeline_await(p, p->sent, e));
	if (!sent(p, PQexitPipelineMode(p->conn)) || !sent(p, PQsendQuery(p->conn, sql)))
		return pipeline_failure(p, e);
	take_script(p);
	if (p->conn)
		sent(p, PQenterPipelineMode(p->conn));
	return pipeline_failure(p, e);
}
