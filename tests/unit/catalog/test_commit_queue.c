/*
 * Changes that wait together are committed together; each is told what became of it, and none
 * suffers from another.
 *
 * To have several wait at once, a test holds the writer's session while it submits them.
 */
#include <pthread.h>

#include "catalog/pending.h"

#include "fixture.h"
#include "store_parts.h"

struct note {
	struct pending pending; /* the first member: a pointer to one points to the other */
	const char *subject;
	bool refuses; /* before it has written anything */
	enum { NEVER_BREAKS, BREAKS_ALL, BREAKS_ITSELF } breaks; /* all: at the first call */
	int calls, told;
	enum err_code code;
	uint64_t seq;
	moment when; /* its transaction's time */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static enum err_code
write_note(struct pending *self, struct session *s, struct err *e)
{
	struct note *n = (struct note *)self;
	CLEANUP(buf_done) struct buf body = {0};
	struct event ev = {0};
	buf_text(&body, "{}");
	n->calls++;
	if (n->refuses)
		return ERR(e, REFUSED, "not '%s'", n->subject);
	enum err_code code = event_append(s, "somebody", "test.noted", n->subject, &body, &ev, e);
	n->seq = ev.seq;
	n->when = session_now(s);
	return code;
}

/* A database that runs out of space may undo the whole transaction by itself. */
static enum err_code
write_and_break(struct pending *self, struct session *s, struct err *e)
{
	struct note *n = (struct note *)self;
	CHECK(write_note(self, s, e));
	if (n->breaks == BREAKS_ITSELF)
		return ERR(e, CONFLICT, "no more of '%s'", n->subject);
	if (n->calls > 1)
		return ERR_OK;
	CHECK(db_run(s->db, "ROLLBACK", DB_NO_ARGS, e));
	return ERR(e, NO_SPACE, "the disk is full");
}

static void
tell_note(struct pending *self, enum err_code code, const struct err *e)
{
	(void)e;
	struct note *n = self->user;
	pthread_mutex_lock(&lock);
	n->code = code;
	n->told++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void
submit(struct mesh *m, struct note *n)
{
	n->pending = (struct pending){
	    .write = n->breaks ? write_and_break : write_note, .done = tell_note, .user = n};
	assert_ok(m, store_submit(m->store, &n->pending, &m->e));
}

static void
await(struct note *notes, size_t count)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < count; i++)
		while (notes[i].told == 0)
			pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static uint64_t
log_size(struct mesh *m)
{
	struct session *s = mesh_read(m);
	uint64_t size = size_of_log(s);
	session_end(&s);
	return size;
}

/* What comes while the first ones wait for the writer is the next batch. */
static void
submit_together(struct mesh *m, struct note *notes, size_t count)
{
	struct session *s = mesh_write(m);
	for (size_t i = 0; i < count; i++)
		submit(m, &notes[i]);
	session_end(&s);
	await(notes, count);
}

static void
what_waits_together_is_one_commit(void **state)
{
	struct mesh *m = *state;
	struct note notes[40] = {0};
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		notes[i].subject = "a";
	uint64_t size = log_size(m);
	submit_together(m, notes, ARRAY_LEN(notes));
	assert_int_equal(log_size(m), size + ARRAY_LEN(notes));
	size_t commits = 1;
	for (size_t i = 1; i < ARRAY_LEN(notes); i++)
		commits += notes[i].when != notes[i - 1].when;
	assert_in_range(commits, 1, 2);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		assert_int_equal(notes[i].code, ERR_OK);
		assert_int_equal(notes[i].told, 1);
		assert_int_equal(notes[i].seq, size + 1 + i);
	}
}

static void
one_that_refuses_harms_no_neighbour(void **state)
{
	struct mesh *m = *state;
	struct note notes[9] = {0};
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		notes[i].subject = i % 3 == 1 ? "bad" : "good";
		notes[i].refuses = i % 3 == 1;
	}
	uint64_t size = log_size(m);
	submit_together(m, notes, ARRAY_LEN(notes));
	assert_int_equal(log_size(m), size + 6);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		assert_int_equal(notes[i].code, i % 3 == 1 ? ERR_REFUSED : ERR_OK);
		assert_int_equal(notes[i].calls, 1);
	}
	struct log_report report;
	assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
	assert_int_equal(report.findings, 0);
}

static void
a_transaction_that_breaks_is_written_again_one_by_one(void **state)
{
	struct mesh *m = *state;
	struct note notes[7] = {0};
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		notes[i].subject = "a";
	notes[4].breaks = BREAKS_ALL;
	uint64_t size = log_size(m);
	submit_together(m, notes, ARRAY_LEN(notes));
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		assert_int_equal(notes[i].code, ERR_OK);
		assert_int_equal(notes[i].told, 1);
	}
	assert_int_equal(notes[3].calls, 2);
	assert_int_equal(notes[4].calls, 2);
	assert_int_equal(log_size(m), size + ARRAY_LEN(notes));
}

static void
one_that_fails_after_it_has_written_is_alone_in_that(void **state)
{
	struct mesh *m = *state;
	struct note notes[7] = {0};
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		notes[i].subject = "a";
	notes[2].breaks = BREAKS_ITSELF;
	uint64_t size = log_size(m);
	submit_together(m, notes, ARRAY_LEN(notes));
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		assert_int_equal(notes[i].code, i == 2 ? ERR_CONFLICT : ERR_OK);
		assert_int_equal(notes[i].told, 1);
	}
	assert_int_equal(log_size(m), size + ARRAY_LEN(notes) - 1);
	struct log_report report;
	assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
	assert_int_equal(report.findings, 0);
}

static void
a_full_queue_refuses_and_forgets_nothing(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	const struct store_options options = {.folder = m->folder.path,
					      .database = mesh_database(m),
					      .mode = STORE_SERVE,
					      .readers = 2,
					      .queue = 4};
	assert_ok(m, store_open(&options, &m->store, &m->e));
	struct note notes[8] = {0};
	size_t taken = 0;
	uint64_t size = log_size(m);
	struct session *s = mesh_write(m);
	for (; taken < ARRAY_LEN(notes); taken++) {
		struct note *n = &notes[taken];
		n->subject = "a";
		n->pending = (struct pending){.write = write_note, .done = tell_note, .user = n};
		if (store_submit(m->store, &n->pending, &m->e) != ERR_OK)
			break;
	}
	assert_true(taken >= 4 && taken < ARRAY_LEN(notes));
	assert_int_equal(m->e.code, ERR_BUSY);
	assert_int_equal(notes[taken].told, 0);
	session_end(&s);
	await(notes, taken);
	assert_int_equal(log_size(m), size + taken);
}

static enum err_code
write_plain(void *user, struct session *s, struct err *e)
{
	struct note *n = user;
	return write_note(&n->pending, s, e);
}

static void
a_change_that_is_waited_for_is_there_or_says_why_not(void **state)
{
	struct mesh *m = *state;
	struct note good = {.subject = "good"}, bad = {.subject = "bad", .refuses = true};
	uint64_t size = log_size(m);
	assert_ok(m, store_change(m->store, write_plain, &good, &m->e));
	assert_int_equal(good.seq, size + 1);
	assert_err(m, ERR_REFUSED, "not 'bad'", store_change(m->store, write_plain, &bad, &m->e));
	assert_int_equal(log_size(m), size + 1);
}

static void
closing_commits_what_is_queued(void **state)
{
	struct mesh *m = *state;
	struct note notes[20] = {0};
	uint64_t size = log_size(m);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		notes[i].subject = "a";
		submit(m, &notes[i]);
	}
	mesh_restart(m);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		assert_int_equal(notes[i].told, 1);
	assert_int_equal(log_size(m), size + ARRAY_LEN(notes));
}

static void
what_was_said_since_a_basis_is_known(void **state)
{
	struct mesh *m = *state;
	happen(m, "test.noted", "retail.accounts", "{}");
	struct session *s = mesh_read(m);
	uint64_t basis = session_basis(s);
	assert_int_equal(basis, size_of_log(s));
	session_end(&s);
	happen(m, "test.noted", "retail.cards", "{}");
	s = mesh_write(m);
	assert_false(session_is_touched(s, "retail.accounts", basis));
	assert_true(session_is_touched(s, "retail.accounts", basis - 1));
	assert_true(session_is_touched(s, "retail.cards", basis));
	assert_true(session_is_touched(s, "test.noted", basis));
	assert_false(session_is_touched(s, "policy.defined", basis));
	session_end(&s);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)
	const struct CMUnitTest tests[] = {
	    T(what_waits_together_is_one_commit),
	    T(one_that_refuses_harms_no_neighbour),
	    T(a_transaction_that_breaks_is_written_again_one_by_one),
	    T(one_that_fails_after_it_has_written_is_alone_in_that),
	    T(a_full_queue_refuses_and_forgets_nothing),
	    T(a_change_that_is_waited_for_is_there_or_says_why_not),
	    T(closing_commits_what_is_queued),
	    T(what_was_said_since_a_basis_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
