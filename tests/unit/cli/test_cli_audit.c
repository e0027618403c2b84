/*
 * test_cli_audit.c -- verifying a log over HTTP: a good one holds; whatever was altered is found,
 * and named where it can be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "proof/checkpoint.h"
#include "proof/event.h"
#include "proof/merkle.h"

#include "cmocka_first.h"
#include "fake_server.h"
#include "folder.h"
#include "run_weft.h"

enum { EVENTS = 11, OLDER = 6, MOST_ANSWERS = 40 };

/* A log as its keeper has it, and the answers that are made of it. */
static struct {
	struct arena arena;
	struct signing_key key;
	struct verifier_key verifier;
	struct event events[EVENTS];
	struct digest leaves[EVENTS]; /* of the tree, whatever the events say by now */
	struct fake_answer answers[MOST_ANSWERS];
	size_t answer_count;
	struct fake_server *server;
	struct folder folder;
	char path[300];
} log_;

static struct run r;

static struct digest
subtree(size_t first, size_t count)
{
	if (count == 1)
		return log_.leaves[first];
	size_t split = 1;
	while (split * 2 < count)
		split *= 2;
	struct digest left = subtree(first, split), right = subtree(first + split, count - split);
	return merkle_node(&left, &right);
}

static enum err_code
read_tree(void *user, unsigned level, uint64_t index, struct digest *ret_hash, struct err *e)
{
	(void)user, (void)e;
	*ret_hash = subtree((size_t)index << level, (size_t)1 << level);
	return ERR_OK;
}

static void
make_event(size_t i)
{
	struct event *ev = &log_.events[i];
	const char *first = arena_printf(&log_.arena, "{\"origin\":\"weft\",\"verifier\":\"%s\"}",
					 verifier_key_format(&log_.verifier, &log_.arena));
	*ev = (struct event){
	    .seq = i + 1,
	    .time = SECONDS(1700000000) + (moment)i,
	    .actor = "keeper",
	    .kind = i ? "product.published" : "log.created",
	    .subject = "weft",
	    .body = i ? arena_printf(&log_.arena, "{\"version\":\"1.0.%zu\"}", i) : first,
	};
	ev->body_length = strlen(ev->body);
	ev->body_hash = digest_of(ev->body, ev->body_length);
	log_.leaves[i] = event_leaf(ev);
}

static const char *
note_of(size_t size, const struct signing_key *key)
{
	const struct checkpoint c = {"weft", size, subtree(0, size)};
	return checkpoint_sign(&c, key, &log_.arena);
}

static int
set_up(void **state)
{
	(void)state;
	struct err e;
	memset(&log_, 0, sizeof log_);
	assert_int_equal(digest_start_up(&e), ERR_OK);
	signing_key_generate(&log_.key);
	log_.verifier.name = "weft";
	memcpy(log_.verifier.public_key, log_.key.public_key, PUBLIC_KEY_SIZE);
	for (size_t i = 0; i < EVENTS; i++)
		make_event(i);
	folder_make(&log_.folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (log_.server)
		fake_server_stop(log_.server);
	folder_remove(&log_.folder);
	arena_done(&log_.arena);
	return 0;
}

static void
add_answer(const char *path, const char *type, const char *body)
{
	assert_true(log_.answer_count < MOST_ANSWERS - 1);
	log_.answers[log_.answer_count++] = (struct fake_answer){"GET", path, 200, type, body};
}

static const char *
events_json(size_t after, size_t count)
{
	struct buf out = {0};
	struct json j = {.out = &out};
	json_begin_map(&j);
	json_key(&j, "items");
	json_begin_list(&j);
	for (size_t i = after; i < after + count && i < EVENTS; i++)
		event_write(&log_.events[i], &j);
	json_end_list(&j);
	json_member_text(&j, "next", NULL);
	json_end_map(&j);
	const char *text = arena_bytes(&log_.arena, out.data, out.length);
	buf_done(&out);
	return text;
}

static const char *
proof_json(uint64_t from, uint64_t to)
{
	const struct merkle_source source = {read_tree, NULL};
	struct merkle_proof proof;
	struct err e;
	struct buf out = {0};
	struct json j = {.out = &out};
	assert_int_equal(merkle_consistency(&source, from, to, &proof, &e), ERR_OK);
	json_begin_map(&j);
	json_key(&j, "hashes");
	json_begin_list(&j);
	for (size_t i = 0; i < proof.count; i++) {
		char text[DIGEST_TEXT_SIZE];
		digest_format(&proof.hashes[i], text);
		json_text(&j, text);
	}
	json_end_list(&j);
	json_end_map(&j);
	const char *text = arena_bytes(&log_.arena, out.data, out.length);
	buf_done(&out);
	return text;
}

/* The server has pages of four events, and proofs between all sizes and the whole. */
static void
serve(const char *note)
{
	struct arena *a = &log_.arena;
	add_answer("/api/v1/audit/checkpoint", "text/plain; charset=utf-8", note);
	for (size_t after = 0; after < EVENTS; after++)
		add_answer(arena_printf(a, "/api/v1/events?after=%zu", after), NULL,
			   events_json(after, 4));
	add_answer("/api/v1/events?after=11", NULL, "{\"items\":[],\"next\":null}");
	for (size_t from = 1; from <= EVENTS; from++)
		add_answer(
		    arena_printf(a, "/api/v1/audit/consistency?from=%zu&to=%d", from, EVENTS), NULL,
		    proof_json(from, EVENTS));
	log_.server = fake_server_start(log_.answers);
	setenv("WEFT_SERVER", fake_server_url(log_.server), 1);
}

static void
serve_truth(void)
{
	serve(note_of(EVENTS, &log_.key));
}

static const char *
verifier_text(void)
{
	return verifier_key_format(&log_.verifier, &log_.arena);
}

/* ---- a log that holds */

static void
a_log_that_was_not_altered_holds(void **state)
{
	(void)state;
	serve_truth();
	run_weft(&r, "audit", "verify", "--verifier", verifier_text(), NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "events  11\n"));
	assert_non_null(strstr(r.out, "given by you"));
	assert_non_null(strstr(r.out, "✔ every event has its leaf"));
	assert_string_equal(r.err, "");
}

static void
without_a_key_the_logs_own_is_used_and_said_so(void **state)
{
	(void)state;
	serve_truth();
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "named by the log itself"));
}

static void
the_key_may_be_in_a_file(void **state)
{
	(void)state;
	serve_truth();
	const char *text = arena_printf(&log_.arena, "%s\n", verifier_text());
	run_weft(&r, "audit", "verify", "--verifier",
		 file_in(log_.folder.path, "key", text, log_.path), NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "given by you"));
	run_weft(&r, "audit", "verify", "--verifier", "/no/such/key", NULL);
	assert_int_equal(r.status, 2);
}

static void
it_continues_an_older_checkpoint(void **state)
{
	(void)state;
	serve_truth();
	file_in(log_.folder.path, "older", note_of(OLDER, &log_.key), log_.path);
	run_weft(&r, "audit", "verify", "--since", log_.path, NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "continues the older checkpoint"));
}

static void
a_redacted_body_is_no_finding(void **state)
{
	(void)state;
	log_.events[4].body = NULL;
	serve_truth();
	run_weft(&r, "audit", "verify", "--json", NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(
	    strstr(r.out, "{\"holds\":true,\"origin\":\"weft\",\"events\":11,\"redacted\":1,"));
	assert_non_null(strstr(r.out, "\"findings\":[]}"));
}

/* ---- a log that was altered */

static void
an_event_that_does_not_fit_its_leaf_is_named(void **state)
{
	(void)state;
	log_.events[4].body =
	    "{\"version\":\"6.6.6\"}"; /* event_write still states the leaf of the old hash */
	serve_truth();
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ event 5: its content is not what its leaf"));
	assert_null(strstr(strstr(r.out, "✘ event 5:") + 1, "✘"));
}

static void
an_event_that_was_rewritten_with_its_leaf_is_found_by_bisection(void **state)
{
	(void)state;
	for (size_t i = 1; i < EVENTS; i++) {
		struct event before = log_.events[i];
		struct event *ev = &log_.events[i];
		ev->actor = "mallory";
		serve_truth(); /* the tree is the old one */
		run_weft(&r, "audit", "verify", NULL);
		assert_int_equal(r.status, 1);
		const char *expected = arena_printf(
		    &log_.arena, "✘ event %zu: it is not the event that the checkpoint", i + 1);
		assert_non_null(strstr(r.out, expected));
		fake_server_stop(log_.server);
		log_.server = NULL;
		log_.answer_count = 0;
		memset(log_.answers, 0, sizeof log_.answers);
		*ev = before;
	}
}

static void
several_altered_events_are_all_named(void **state)
{
	(void)state;
	log_.events[2].body = "{\"version\":\"6.6.6\"}";
	log_.events[4].body = "{\"version\":\"6.6.6\"}";
	log_.events[8].actor = "mallory";
	serve_truth();
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ event 3: its content"));
	assert_non_null(strstr(r.out, "✘ event 5: its content"));
	assert_non_null(strstr(r.out, "✘ event 9: it is not the event"));
	assert_null(strstr(r.out, "event 4:"));
}

static void
a_missing_event_is_named(void **state)
{
	(void)state;
	const char *note = note_of(EVENTS, &log_.key);
	for (size_t i = 6; i + 1 < EVENTS; i++)
		log_.events[i] = log_.events[i + 1];
	serve(note);
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ event 7: it is missing; the server went on with 8\n"));
}

static void
a_log_that_ends_too_early_is_found(void **state)
{
	(void)state;
	struct checkpoint more = {"weft", EVENTS + 3, subtree(0, EVENTS)};
	serve(checkpoint_sign(&more, &log_.key, &log_.arena));
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ event 12: the server does not give it"));
}

static void
an_event_before_its_predecessor_in_time_is_named(void **state)
{
	(void)state;
	log_.events[3].time = SECONDS(1);
	log_.leaves[3] = event_leaf(&log_.events[3]);
	serve_truth();
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ event 4: its time is before"));
}

static void
another_key_does_not_pass(void **state)
{
	(void)state;
	struct signing_key other;
	signing_key_generate(&other);
	const char *kept = verifier_text();
	serve(note_of(EVENTS, &other));
	run_weft(&r, "audit", "verify", "--verifier", kept, NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ the checkpoint: "));
}

/*
 * The keeper writes a new history, with a new tree, and signs it: only who kept a checkpoint can
 * tell.
 */
static void
a_rewritten_history_is_found_by_an_older_checkpoint(void **state)
{
	(void)state;
	file_in(log_.folder.path, "older", note_of(OLDER, &log_.key), log_.path);
	log_.events[2].actor = "mallory";
	log_.leaves[2] = event_leaf(&log_.events[2]);
	serve_truth();
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 0);
	run_weft(&r, "audit", "verify", "--since", log_.path, NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ among the first 6 events are some"));
	assert_non_null(strstr(r.out, "cannot prove that the log continues"));
}

static void
a_log_that_shrank_is_found(void **state)
{
	(void)state;
	struct checkpoint longer = {"weft", EVENTS + 5, subtree(0, EVENTS)};
	file_in(log_.folder.path, "older", checkpoint_sign(&longer, &log_.key, &log_.arena),
		log_.path);
	serve_truth();
	run_weft(&r, "audit", "verify", "--since", log_.path, NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ the log has shrunk"));
}

static void
an_older_checkpoint_that_was_forged_is_no_proof(void **state)
{
	(void)state;
	struct signing_key other;
	signing_key_generate(&other);
	file_in(log_.folder.path, "older", note_of(OLDER, &other), log_.path);
	serve_truth();
	run_weft(&r, "audit", "verify", "--since", log_.path, NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "✘ the older checkpoint: "));
	file_in(log_.folder.path, "older", "hello\n", log_.path);
	run_weft(&r, "audit", "verify", "--since", log_.path, NULL);
	assert_int_equal(r.status, 2);
}

static void
a_server_whose_checkpoint_is_nonsense_is_broken(void **state)
{
	(void)state;
	serve("nonsense\n");
	run_weft(&r, "audit", "verify", NULL);
	assert_int_equal(r.status, 3);
	run_weft(&r, "audit", "checkpoint", NULL);
	assert_int_equal(r.status, 3);
}

static void
a_checkpoint_is_kept_as_it_was_signed(void **state)
{
	(void)state;
	const char *note = note_of(EVENTS, &log_.key);
	serve(note);
	run_weft(&r, "audit", "checkpoint", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, note);
	snprintf(log_.path, sizeof log_.path, "%s/kept", log_.folder.path);
	run_weft(&r, "audit", "checkpoint", "-o", log_.path, NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "");
	run_weft(&r, "audit", "verify", "--since", log_.path, NULL);
	assert_int_equal(r.status, 0);
	run_weft(&r, "audit", "checkpoint", "-o", "/no/such/folder/kept", NULL);
	assert_int_not_equal(r.status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_log_that_was_not_altered_holds),
	    TEST(without_a_key_the_logs_own_is_used_and_said_so),
	    TEST(the_key_may_be_in_a_file),
	    TEST(it_continues_an_older_checkpoint),
	    TEST(a_redacted_body_is_no_finding),
	    TEST(an_event_that_does_not_fit_its_leaf_is_named),
	    TEST(an_event_that_was_rewritten_with_its_leaf_is_found_by_bisection),
	    TEST(several_altered_events_are_all_named),
	    TEST(a_missing_event_is_named),
	    TEST(a_log_that_ends_too_early_is_found),
	    TEST(an_event_before_its_predecessor_in_time_is_named),
	    TEST(another_key_does_not_pass),
	    TEST(a_rewritten_history_is_found_by_an_older_checkpoint),
	    TEST(a_log_that_shrank_is_found),
	    TEST(an_older_checkpoint_that_was_forged_is_no_proof),
	    TEST(a_server_whose_checkpoint_is_nonsense_is_broken),
	    TEST(a_checkpoint_is_kept_as_it_was_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
