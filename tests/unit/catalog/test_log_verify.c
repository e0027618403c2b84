/*
 * test_log_verify.c -- each way of tampering with the log has its own finding, and names its event.
 *
 * The log has 13 events, so that its tree has complete subtrees of 8, 4 and 1; a checkpoint was
 * signed over 13 and an auditor kept one over 6.
 */
#include "tamper.h"

enum { EVENTS = 13, KEPT = 6 };

struct findings {
	struct mesh *m;
	const char *what; /* was done */
	const char *messages[64];
	uint64_t seqs[64];
	size_t count;
};

static void
note_finding(void *user, uint64_t seq, const char *message)
{
	struct findings *f = user;
	if (f->count == ARRAY_LEN(f->messages))
		return;
	f->seqs[f->count] = seq;
	f->messages[f->count++] = arena_text(&f->m->arena, message);
}

static const char *
fill(struct mesh *m)
{
	const char *kept = NULL, *last = NULL;
	for (int i = 2; i <= EVENTS; i++) {
		happen(m, "x.y", "z", arena_printf(&m->arena, "{\"n\":%d}", i));
		if (i == KEPT)
			assert_ok(m, checkpoint_latest(m->store, &m->arena, &kept, &m->e));
	}
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &last, &m->e));
	return kept;
}

static struct findings
verify(struct mesh *m, const char *since, struct log_report *report)
{
	struct findings f = {.m = m, .what = "verify"};
	mesh_stop(m);
	assert_ok(m, mesh_start(m, STORE_VERIFY));
	assert_ok(m, log_verify(m->store, since, note_finding, &f, report, &m->e));
	assert_int_equal(report->findings, f.count);
	return f;
}

static void
expect_only(const struct findings *f, uint64_t seq, const char *part)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->count != 1 || !strstr(f->messages[i], part) || f->seqs[i] != seq)
			fail_msg("%s: expected only '%s' of event %d, found of event %d: '%s'",
				 f->what, part, (int)seq, (int)f->seqs[i], f->messages[i]);
	if (f->count == 0)
		fail_msg("%s: expected '%s', found nothing", f->what, part);
}

static void
expect_among(const struct findings *f, uint64_t seq, const char *part)
{
	for (size_t i = 0; i < f->count; i++)
		if (strstr(f->messages[i], part) && f->seqs[i] == seq)
			return;
	for (size_t i = 0; i < f->count; i++)
		print_message("found: %d: %s\n", (int)f->seqs[i], f->messages[i]);
	fail_msg("'%s' of event %d is not among the %zu findings", part, (int)seq, f->count);
}

/* --- good logs --- */

static void
a_log_that_nobody_touched_has_no_findings(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	const char *kept = fill(m);
	struct session *s = mesh_read(m);
	struct digest root;
	assert_ok(m, event_log_root(s, EVENTS, &root, &m->e));
	session_end(&s);
	struct findings f = verify(m, kept, &r);
	assert_int_equal(f.count, 0);
	assert_int_equal(r.events, EVENTS);
	assert_int_equal(r.redacted, 0);
	assert_int_equal(r.checkpoints, 2);
	assert_int_equal(r.since_size, KEPT);
	assert_true(digest_equal(&r.root, &root));
}

static void
a_redacted_body_is_counted_and_every_proof_still_holds(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	const char *kept = fill(m);
	mesh_stop(m);
	tamper(m, "UPDATE events SET body = NULL WHERE seq IN (3, 9)");
	struct findings f = verify(m, kept, &r);
	assert_int_equal(f.count, 0);
	assert_int_equal(r.redacted, 2);
}

/* --- one change, one finding --- */

// clang-format off
static const struct {
	const char *sql;
	uint64_t seq;
	const char *finding;
} single[] = {
	{"UPDATE events SET body = replace(body, '5', '6') WHERE seq = 5", 5, "event 5: its body was changed"},
	{"UPDATE events SET body = replace(body, '1', '2') WHERE seq = 13", 13, "event 13: its body was changed"},
	{"UPDATE events SET actor = 'nobody' WHERE seq = 5", 5, "event 5: a field was changed"},
	{"UPDATE events SET kind = 'x.z' WHERE seq = 8", 8, "event 8: a field was changed"},
	{"UPDATE events SET subject = 'zz' WHERE seq = 1", 1, "event 1: a field was changed"},
	{"UPDATE events SET time = time + 1 WHERE seq = 4", 4, "event 4: a field was changed"},
	{"UPDATE events SET body_hash = zeroblob(32), body = NULL WHERE seq = 7", 7, "event 7: a field was changed"},
	{"UPDATE events SET actor = 'nobody' WHERE seq = 13", 13, "event 13: a field or its leaf hash was changed"},
	{"UPDATE log_tree SET hash = zeroblob(32) WHERE seq = 5 AND level = 0", 5, "event 5: its leaf hash in the tree was changed"},
	{"UPDATE log_tree SET hash = zeroblob(32) WHERE seq = 8 AND level = 0", 8, "event 8: its leaf hash in the tree was changed"},
	{"UPDATE log_tree SET hash = zeroblob(31) WHERE seq = 8 AND level = 0", 8, "event 8: its leaf hash in the tree was changed"},
	{"UPDATE log_tree SET hash = zeroblob(32) WHERE seq = 4 AND level = 2", 4, "event 4: the tree's node over the events 1 to 4 was changed"},
	{"UPDATE log_tree SET hash = zeroblob(32) WHERE seq = 8 AND level = 3", 8, "event 8: the tree's node over the events 1 to 8 was changed"},
	{"DELETE FROM log_tree WHERE seq = 12 AND level = 2", 12, "event 12: the tree's node over the events 9 to 12 is missing"},
	{"DELETE FROM log_tree WHERE seq = 12 AND level = 0", 12, "event 12: it has no leaf in the tree"},
	{"DELETE FROM events WHERE seq = 1", 1, "event 1 is missing"},
	{"DELETE FROM events WHERE seq = 6", 6, "event 6 is missing"},
	{"INSERT INTO events VALUES (0, 0, 'a', 'k', 's', zeroblob(32), NULL)", 0, "event 0 was put in"},
	{"INSERT INTO events VALUES (-3, 0, 'a', 'k', 's', zeroblob(32), NULL)", (uint64_t)-3, "event -3 was put in"},
	{"INSERT INTO log_tree VALUES (5, 1, zeroblob(32))", 0, "1 hashes that belong to no event"},
	{"UPDATE checkpoints SET root = zeroblob(32) WHERE size = 6", 6, "checkpoint over 6 events was changed: its row is not what its note says"},
	{"UPDATE checkpoints SET size = 7 WHERE size = 6", 7, "checkpoint over 7 events was changed"},
	{"UPDATE checkpoints SET note = substr(note, 1, length(note) - 20) WHERE size = 6", 6, "checkpoint over 6 events is not as it was signed"},
	{"UPDATE checkpoints SET note = replace(note, char(10) || '6' || char(10), char(10) || '5' || char(10)) WHERE size = 6", 6, "checkpoint over 6 events is not as it was signed"},
	{"UPDATE checkpoints SET note = '' WHERE size = 6", 6, "checkpoint over 6 events is not as it was signed"},
};
// clang-format on

static void
each_single_change_is_one_finding_that_names_its_event(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(single); i++) {
		struct mesh *m = NULL;
		struct log_report r;
		mesh_open((void **)&m);
		fill(m);
		mesh_stop(m);
		tamper(m, single[i].sql);
		struct findings f = verify(m, NULL, &r);
		f.what = single[i].sql;
		expect_only(&f, single[i].seq, single[i].finding);
		mesh_close((void **)&m);
	}
}

/* --- larger changes --- */

static void
removed_last_events_are_missed_by_tree_and_checkpoint(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	fill(m);
	mesh_stop(m);
	tamper(m, "DELETE FROM events WHERE seq > 11");
	struct findings f = verify(m, NULL, &r);
	expect_among(&f, 12, "event 12 is missing: its leaf is in the tree");
	expect_among(&f, 13, "event 13 is missing: its leaf is in the tree");
	expect_among(
	    &f, 0,
	    "a checkpoint was signed over 13 events, but the log has 11: events were removed");
	assert_int_equal(f.count, 3);
}

static void
an_event_put_behind_the_last_has_no_leaf(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	fill(m);
	mesh_stop(m);
	tamper(m, "INSERT INTO events SELECT 14, time, 'x', kind, subject, body_hash, body FROM "
		  "events WHERE seq = 13");
	struct findings f = verify(m, NULL, &r);
	expect_among(&f, 14, "event 14: it has no leaf in the tree: the event was put in");
}

static void
two_exchanged_events_are_both_found(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	fill(m);
	mesh_stop(m);
	tamper(m,
	       "UPDATE events SET seq = 100 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 5;"
	       "UPDATE events SET seq = 5 WHERE seq = 100");
	struct findings f = verify(m, NULL, &r);
	expect_among(&f, 4, "event 4: a field was changed");
	expect_among(&f, 5, "event 5: a field was changed");
}

static void
time_that_goes_back_is_found(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	fill(m);
	mesh_stop(m);
	tamper(m, "UPDATE events SET time = 5 WHERE seq = 9");
	struct findings f = verify(m, NULL, &r);
	expect_among(&f, 9, "event 9: its time is before that of the event before it");
}

/* The same folder with another past: somebody who has the key, too, makes all of it anew. */
static void
rewrite_history(struct mesh *m, bool keep_key)
{
	const char *key = mesh_path(m, "log.key"), *verifier = mesh_path(m, "log.verifier");
	mesh_stop(m);
	remove(mesh_path(m, "weft.db"));
	database_remove(&m->database);
	if (!keep_key) {
		remove(key);
		remove(verifier);
	}
	assert_ok(m, mesh_start(m, STORE_SERVE));
	for (int i = 2; i <= EVENTS; i++)
		happen(m, "x.y", "z", arena_printf(&m->arena, "{\"n\":%d}", i == 3 ? 333 : i));
}

static void
a_log_rewritten_with_its_own_key_is_caught_by_the_auditor_s_checkpoint(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	const char *kept = arena_text(&m->arena, fill(m));
	rewrite_history(m, true);
	struct findings f = verify(m, NULL, &r);
	assert_int_equal(f.count, 0); /* by itself it looks good */
	f = verify(m, kept, &r);
	expect_only(&f, KEPT,
		    "the log was replaced or rewritten: its first 6 events are not those");
}

static void
a_log_replaced_with_another_key_is_caught_by_the_auditor_s_checkpoint(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	const char *kept = arena_text(&m->arena, fill(m));
	rewrite_history(m, false);
	struct findings f = verify(m, kept, &r);
	expect_only(&f, 0,
		    "the log was replaced or rewritten: the earlier checkpoint was not signed by "
		    "this log's key");
}

static void
a_shorter_log_is_caught_by_the_auditor_s_checkpoint(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	const char *kept = arena_text(&m->arena, fill(m));
	mesh_stop(m);
	tamper(m, "DELETE FROM events WHERE seq > 4; DELETE FROM log_tree WHERE seq > 4; DELETE "
		  "FROM checkpoints");
	struct findings f = verify(m, kept, &r);
	expect_only(&f, 0,
		    "the log was replaced or rewritten: it has 4 events, the earlier checkpoint 6");
}

static void
copy_log(struct mesh *m, const char *attach, const char *from)
{
	tamper(m, arena_printf(&m->arena,
			       "%s DELETE FROM events; DELETE FROM log_tree;"
			       "INSERT INTO events SELECT * FROM %s.events;"
			       "INSERT INTO log_tree SELECT * FROM %s.log_tree",
			       attach, from, from));
}

static void
a_change_that_reached_the_tree_disagrees_with_the_stored_checkpoints(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	const char *kept = fill(m);
	/* The last four rows of another, honest log: event 9 differs, and all that follows from it
	 * is consistent. */
	struct mesh *other = NULL;
	mesh_open((void **)&other);
	for (int i = 2; i <= EVENTS; i++)
		happen(other, "x.y", "z",
		       arena_printf(&other->arena, "{\"n\":%d}", i == 9 ? 999 : i));
	mesh_stop(m);
	mesh_stop(other);
	if (database_is_sqlite())
		copy_log(m,
			 arena_printf(&m->arena, "ATTACH '%s' AS o;", mesh_path(other, "weft.db")),
			 "o");
	else
		copy_log(m, "", other->database.schema);
	struct findings f = verify(m, kept, &r);
	expect_among(&f, 13, "the checkpoint signed over 13 events disagrees with the tree");
	expect_among(&f, 6, "the log was replaced or rewritten: its first 6 events");
	mesh_close((void **)&other);
}

static void
a_note_that_is_none_is_the_caller_s_mistake(void **state)
{
	struct mesh *m = *state;
	struct log_report r;
	fill(m);
	assert_err(m, ERR_MALFORMED, "the earlier checkpoint",
		   log_verify(m->store, "hello", NULL, NULL, &r, &m->e));
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_log_that_nobody_touched_has_no_findings),
	    HERE(a_redacted_body_is_counted_and_every_proof_still_holds),
	    cmocka_unit_test(each_single_change_is_one_finding_that_names_its_event),
	    HERE(removed_last_events_are_missed_by_tree_and_checkpoint),
	    HERE(an_event_put_behind_the_last_has_no_leaf),
	    HERE(two_exchanged_events_are_both_found),
	    HERE(time_that_goes_back_is_found),
	    HERE(a_log_rewritten_with_its_own_key_is_caught_by_the_auditor_s_checkpoint),
	    HERE(a_log_replaced_with_another_key_is_caught_by_the_auditor_s_checkpoint),
	    HERE(a_shorter_log_is_caught_by_the_auditor_s_checkpoint),
	    HERE(a_change_that_reached_the_tree_disagrees_with_the_stored_checkpoints),
	    HERE(a_note_that_is_none_is_the_caller_s_mistake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
