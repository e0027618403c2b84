/*
 * test_event_log.c -- appending and reading events, the stored tree's proofs, checkpoints.
 */
#include "fixture.h"

enum { EVENTS = 40 };

static void
fill(struct mesh *m)
{
	struct session *s = mesh_read(m);
	uint64_t size = size_of_log(s);
	session_end(&s);
	for (uint64_t i = size; i < EVENTS; i++)
		happen(m, i % 2 ? "odd.kind" : "even.kind", i % 3 ? "some" : "third",
		       arena_printf(&m->arena, "{\"n\":%d}", (int)i + 1));
}

/* --- appending --- */

static void
an_event_is_read_back_as_it_was_appended(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	struct event wrote, read;
	buf_text(&body, "{\"text\":\"caf\xc3\xa9 \\u0000\"}");
	struct session *s = mesh_write(m);
	assert_ok(m, event_append(s, "mary", "note.made", "subject one", &body, &wrote, &m->e));
	assert_int_equal(wrote.seq, 2);
	assert_int_equal(wrote.time, session_now(s));
	mesh_commit(m, s);

	s = mesh_read(m);
	assert_ok(m, event_get(s, 2, &m->arena, &read, &m->e));
	session_end(&s);
	assert_string_equal(read.actor, "mary");
	assert_string_equal(read.kind, "note.made");
	assert_string_equal(read.subject, "subject one");
	assert_int_equal(read.time, wrote.time);
	assert_int_equal(read.body_length, body.length);
	assert_memory_equal(read.body, body.data, body.length);
	assert_true(digest_equal(&read.body_hash, &wrote.body_hash));
	struct digest a = event_leaf(&read), b = event_leaf(&wrote);
	assert_true(digest_equal(&a, &b));
}

static void
a_name_with_a_line_feed_is_refused_before_anything_is_written(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	buf_text(&body, "{}");
	struct session *s = mesh_write(m);
	assert_err(m, ERR_MALFORMED, "actor",
		   event_append(s, "a\nb", "k", "s", &body, NULL, &m->e));
	assert_err(m, ERR_MALFORMED, "kind", event_append(s, "a", "", "s", &body, NULL, &m->e));
	assert_err(m, ERR_MALFORMED, "subject",
		   event_append(s, "a", "k", "s\x7f", &body, NULL, &m->e));
	assert_ok(m, event_append(s, "a", "k", "s", &body, NULL, &m->e));
	mesh_commit(m, s);
}

static void
there_is_no_event_behind_the_last(void **state)
{
	struct mesh *m = *state;
	struct event ev;
	struct session *s = mesh_read(m);
	assert_err(m, ERR_NOT_FOUND, "no event 2", event_get(s, 2, &m->arena, &ev, &m->e));
	assert_int_equal(event_get(s, 0, &m->arena, &ev, &m->e), ERR_NOT_FOUND);
	session_end(&s);
}

/* --- lists --- */

static void
a_list_goes_on_behind_what_was_seen(void **state)
{
	struct mesh *m = *state;
	struct event_list list;
	fill(m);
	struct session *s = mesh_read(m);
	for (uint64_t after = 0; after < EVENTS; after += list.count) {
		assert_ok(m, event_list(s, after, 7, NULL, NULL, &m->arena, &list, &m->e));
		assert_true(list.count == 7 || after + list.count == EVENTS);
		for (size_t i = 0; i < list.count; i++)
			assert_int_equal(list.items[i].seq, after + i + 1);
	}
	assert_ok(m, event_list(s, EVENTS, 7, NULL, NULL, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 0);
	session_end(&s);
}

static void
a_list_of_large_events_ends_early(void **state)
{
	struct mesh *m = *state;
	struct event_list list;
	char *text = memory_alloc(EVENT_LIST_BYTES / 2 + 1);
	memset(text, 'x', EVENT_LIST_BYTES / 2);
	struct session *s = mesh_write(m);
	for (int i = 0; i < 5; i++) {
		CLEANUP(buf_done) struct buf body = {0};
		buf_printf(&body, "{\"text\":\"%s\"}", text);
		assert_ok(m, event_append(s, "a", "large.kind", "s", &body, NULL, &m->e));
	}
	static const size_t counts[] = {2, 2, 1, 0};
	uint64_t after = 0;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		assert_ok(m, event_list(s, after, 100, "large.", NULL, &m->arena, &list, &m->e));
		assert_int_equal(list.count, counts[i]);
		assert_int_equal(list.cut, counts[i] == 2);
		if (list.count > 0)
			after = list.items[list.count - 1].seq;
	}
	session_end(&s);
	free(text);
}

static void
a_list_is_filtered_by_kind_and_subject(void **state)
{
	struct mesh *m = *state;
	struct event_list list;
	fill(m);
	struct session *s = mesh_read(m);
	assert_ok(m, event_list(s, 0, 1000, "odd.", NULL, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 20);
	assert_string_equal(list.items[0].kind, "odd.kind");
	assert_ok(m, event_list(s, 0, 1000, NULL, "third", &m->arena, &list, &m->e));
	assert_int_equal(list.count, 13);
	assert_ok(m, event_list(s, 0, 1000, "odd.", "third", &m->arena, &list, &m->e));
	assert_int_equal(list.count, 7);
	for (size_t i = 0; i < list.count; i++)
		assert_true(list.items[i].seq % 6 == 4);
	assert_ok(m, event_list(s, 0, 1000, "odd%", NULL, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 0);
	session_end(&s);
}

struct count_and_stop {
	uint64_t seen, stop_at;
};

static bool
count_event(void *user, const struct event *ev, const struct digest *stored_leaf)
{
	struct count_and_stop *c = user;
	struct digest leaf = event_leaf(ev);
	assert_non_null(stored_leaf);
	assert_true(digest_equal(&leaf, stored_leaf));
	c->seen++;
	return ev->seq < c->stop_at;
}

static void
a_visit_stops_when_the_visitor_has_enough(void **state)
{
	struct mesh *m = *state;
	fill(m);
	struct session *s = mesh_read(m);
	struct count_and_stop c = {.stop_at = 12};
	assert_ok(m, event_each(s, 5, UINT64_MAX, count_event, &c, &m->e));
	assert_int_equal(c.seen, 7);
	c = (struct count_and_stop){.stop_at = 100};
	assert_ok(m, event_each(s, 5, 10, count_event, &c, &m->e));
	assert_int_equal(c.seen, 10);
	session_end(&s);
}

/* --- proofs --- */

static struct digest
root_of(struct mesh *m, struct session *s, uint64_t size)
{
	struct digest root;
	assert_ok(m, event_log_root(s, size, &root, &m->e));
	return root;
}

static bool
is_proven(struct mesh *m, struct session *s, uint64_t seq, uint64_t size)
{
	struct merkle_proof proof;
	struct event ev;
	struct digest root = root_of(m, s, size);
	assert_ok(m, event_get(s, seq, &m->arena, &ev, &m->e));
	struct digest leaf = event_leaf(&ev);
	assert_ok(m, event_log_inclusion(s, seq, size, &proof, &m->e));
	return merkle_inclusion_holds(&proof, seq - 1, size, &leaf, &root);
}

static void
every_event_is_proven_in_every_tree_that_holds_it(void **state)
{
	struct mesh *m = *state;
	fill(m);
	struct session *s = mesh_read(m);
	for (uint64_t size = 1; size <= EVENTS; size++)
		for (uint64_t seq = 1; seq <= size; seq++)
			assert_true(is_proven(m, s, seq, size));
	session_end(&s);
}

static void
every_tree_is_proven_to_go_on_from_every_earlier_one(void **state)
{
	struct mesh *m = *state;
	struct merkle_proof proof;
	fill(m);
	struct session *s = mesh_read(m);
	for (uint64_t to = 1; to <= EVENTS; to++)
		for (uint64_t from = 1; from <= to; from++) {
			struct digest a = root_of(m, s, from), b = root_of(m, s, to);
			assert_ok(m, event_log_consistency(s, from, to, &proof, &m->e));
			assert_true(merkle_consistency_holds(&proof, from, to, &a, &b));
		}
	session_end(&s);
}

static void
a_proof_beyond_the_log_is_refused(void **state)
{
	struct mesh *m = *state;
	struct merkle_proof proof;
	struct digest root;
	fill(m);
	struct session *s = mesh_read(m);
	assert_err(m, ERR_USAGE, "has 40 events, not 41",
		   event_log_root(s, EVENTS + 1, &root, &m->e));
	assert_int_equal(event_log_inclusion(s, 0, 10, &proof, &m->e), ERR_USAGE);
	assert_int_equal(event_log_inclusion(s, 11, 10, &proof, &m->e), ERR_USAGE);
	assert_int_equal(event_log_inclusion(s, 1, EVENTS + 1, &proof, &m->e), ERR_USAGE);
	assert_int_equal(event_log_consistency(s, 3, EVENTS + 1, &proof, &m->e), ERR_USAGE);
	assert_int_equal(event_log_consistency(s, 5, 3, &proof, &m->e), ERR_USAGE);
	session_end(&s);
}

/* --- checkpoints --- */

static void
a_checkpoint_covers_the_whole_log_and_is_signed(void **state)
{
	struct mesh *m = *state;
	const char *note = NULL;
	struct checkpoint c;
	fill(m);
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &note, &m->e));
	assert_ok(m, checkpoint_open(note, store_verifier(m->store), &m->arena, &c, &m->e));
	struct session *s = mesh_read(m);
	struct digest root = root_of(m, s, EVENTS);
	session_end(&s);
	assert_string_equal(c.origin, "test.log");
	assert_int_equal(c.size, EVENTS);
	assert_true(digest_equal(&c.root, &root));
}

static void
a_checkpoint_is_made_anew_only_when_the_log_has_grown(void **state)
{
	struct mesh *m = *state;
	const char *first = NULL, *again = NULL, *later = NULL;
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &first, &m->e));
	uint64_t commits = store_commits(m->store);
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &again, &m->e));
	assert_string_equal(first, again);
	if (database_is_sqlite()) /* elsewhere a commit of before may be noticed only now */
		assert_int_equal(store_commits(m->store), commits);
	happen(m, "x.y", "z", "{}");
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &later, &m->e));
	assert_string_not_equal(first, later);
	mesh_restart(m);
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &again, &m->e));
	assert_string_equal(later, again);
}

static void
an_auditor_beside_the_server_cannot_sign(void **state)
{
	struct mesh *m = *state;
	struct mesh auditor = mesh_beside(m);
	const char *note = NULL;
	assert_ok(&auditor, mesh_start(&auditor, STORE_VERIFY));
	assert_err(&auditor, ERR_REFUSED, "read only",
		   checkpoint_latest(auditor.store, &auditor.arena, &note, &auditor.e));
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &note, &m->e));
	assert_ok(&auditor, checkpoint_latest(auditor.store, &auditor.arena, &note, &auditor.e));
	mesh_stop(&auditor);
	arena_done(&auditor.arena);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(an_event_is_read_back_as_it_was_appended),
	    HERE(a_name_with_a_line_feed_is_refused_before_anything_is_written),
	    HERE(there_is_no_event_behind_the_last),
	    HERE(a_list_goes_on_behind_what_was_seen),
	    HERE(a_list_of_large_events_ends_early),
	    HERE(a_list_is_filtered_by_kind_and_subject),
	    HERE(a_visit_stops_when_the_visitor_has_enough),
	    HERE(every_event_is_proven_in_every_tree_that_holds_it),
	    HERE(every_tree_is_proven_to_go_on_from_every_earlier_one),
	    HERE(a_proof_beyond_the_log_is_refused),
	    HERE(a_checkpoint_covers_the_whole_log_and_is_signed),
	    HERE(a_checkpoint_is_made_anew_only_when_the_log_has_grown),
	    HERE(an_auditor_beside_the_server_cannot_sign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
