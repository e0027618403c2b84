/*
 * test_answer_cache.c -- answers kept as bytes: found again, dropped by what happens, never older
 * than the log.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "catalog/event_log.h"

#include "answer_cache.h"
#include "api.h"
#include "folder.h"
#include "size_of_log.h"

static struct folder folder;
static struct store *store;
static struct answer_cache *cache;
static struct arena arena;

static int
start(void **state)
{
	(void)state;
	struct err e = {0};
	folder_make(&folder);
	const struct store_options options = {
	    .folder = folder.path, .origin = "test", .mode = STORE_SERVE, .readers = 2};
	if (digest_start_up(&e) != ERR_OK || store_open(&options, &store, &e) != ERR_OK)
		fail_msg("%s", e.message);
	cache = answer_cache_create(store, 100000);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	answer_cache_destroy(cache);
	store_close(store);
	arena_done(&arena);
	folder_remove(&folder);
	return 0;
}

/* An event about a product, as retiring it would write one. */
static void
happen(const char *kind, const char *subject)
{
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(buf_done) struct buf body = {0};
	struct err e = {0};
	buf_text(&body,
		 strcmp(kind, "domain.defined") == 0
		     ? "{\"media_type\":\"application/json\",\"hash\":"
		       "\"0000000000000000000000000000000000000000000000000000000000000000\","
		       "\"source\":\"{\\\"name\\\":\\\"d\\\"}\"}"
		     : "{\"version\":\"1.0.0\",\"change\":\"created\",\"media_type\":\"application/"
		       "json\",\"hash\":"
		       "\"0000000000000000000000000000000000000000000000000000000000000000\","
		       "\"standing\":\"compliant\",\"source\":\"{\\\"name\\\":\\\"a.a\\\","
		       "\\\"owner\\\":\\\"o\\\","
		       "\\\"domain\\\":\\\"d\\\",\\\"schema\\\":[{\\\"name\\\":\\\"x\\\","
		       "\\\"type\\\":\\\"STRING\\\"}]}\","
		       "\"verdicts\":[],\"violations\":[]}");
	/* The document must be of the subject's name. */
	char *name = strstr(body.data, "a.a");
	if (name)
		memcpy(name, subject, 3);
	if (store_write(store, &s, &e) != ERR_OK ||
	    event_append(s, "tester", kind, subject, &body, NULL, &e) != ERR_OK ||
	    session_commit(s, &e) != ERR_OK)
		fail_msg("%s", e.message);
}

/* Of a session that begins now. */
static uint64_t
basis(void)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct err e = {0};
	if (store_read(store, &s, &e) != ERR_OK)
		fail_msg("%s", e.message);
	return session_basis(s);
}

static void
keep(const char *product, enum answer_form form, const char *body, uint64_t of)
{
	struct response rs = {
	    .arena = &arena, .etag = "7", .content_type = form ? "application/yaml" : NULL};
	buf_text(&rs.body, body);
	answer_cache_keep(cache, product, form, of, &rs);
	buf_done(&rs.body);
}

/* The body found, in the arena, or NULL. */
static const char *
found(const char *product, enum answer_form form)
{
	struct response rs = {.arena = &arena};
	bool is = answer_cache_find(cache, product, form, &rs);
	const char *body = is ? arena_bytes(&arena, rs.body.data, rs.body.length) : NULL;
	if (is) {
		assert_string_equal(rs.etag, "7");
		assert_int_equal(rs.content_type != NULL, form == ANSWER_YAML);
	}
	buf_done(&rs.body);
	return body;
}

static void
what_is_kept_is_found(void **state)
{
	(void)state;
	assert_null(found("a.a", ANSWER_JSON));
	keep("a.a", ANSWER_JSON, "one", basis());
	keep("a.b", ANSWER_JSON, "two", basis());
	assert_string_equal(found("a.a", ANSWER_JSON), "one");
	assert_string_equal(found("a.b", ANSWER_JSON), "two");
	assert_null(found("a.c", ANSWER_JSON));
}

static void
each_form_has_its_own_answer(void **state)
{
	(void)state;
	assert_null(found("a.a", ANSWER_YAML));
	keep("a.a", ANSWER_JSON, "json", basis());
	keep("a.a", ANSWER_YAML, "yaml", basis());
	assert_string_equal(found("a.a", ANSWER_JSON), "json");
	assert_string_equal(found("a.a", ANSWER_YAML), "yaml");
}

static void
the_newer_answer_replaces_the_older(void **state)
{
	(void)state;
	assert_null(found("b.b", ANSWER_JSON));
	keep("b.b", ANSWER_JSON, "first", basis());
	keep("b.b", ANSWER_JSON, "second", basis());
	assert_string_equal(found("b.b", ANSWER_JSON), "second");
}

static void
an_event_drops_the_answers_of_its_product_alone(void **state)
{
	(void)state;
	found("c.a", ANSWER_JSON);
	keep("c.a", ANSWER_JSON, "a", basis());
	keep("c.a", ANSWER_YAML, "a", basis());
	keep("c.b", ANSWER_JSON, "b", basis());
	happen("product.published", "c.a");
	assert_null(found("c.a", ANSWER_JSON));
	assert_null(found("c.a", ANSWER_YAML));
	assert_string_equal(found("c.b", ANSWER_JSON), "b");
}

static void
events_about_other_things_drop_nothing(void **state)
{
	(void)state;
	found("d.a", ANSWER_JSON);
	keep("d.a", ANSWER_JSON, "a", basis());
	happen("domain.defined", "d");
	assert_string_equal(found("d.a", ANSWER_JSON), "a");
}

static void
an_answer_read_before_a_commit_is_not_kept_after_it(void **state)
{
	(void)state;
	assert_null(found("e.a", ANSWER_JSON));
	uint64_t before = basis();
	happen("product.published", "e.a");
	assert_null(found("e.a", ANSWER_JSON));
	keep("e.a", ANSWER_JSON, "stale", before);
	assert_null(found("e.a", ANSWER_JSON));
}

static void
an_answer_that_was_overtaken_is_not_found(void **state)
{
	(void)state;
	assert_null(found("f.a", ANSWER_JSON));
	uint64_t before = basis();
	happen("product.published", "f.a");
	keep("f.a", ANSWER_JSON, "stale", before);
	assert_null(found("f.a", ANSWER_JSON));
}

static void
the_least_used_go_first_when_it_is_full(void **state)
{
	(void)state;
	char body[3001], name[20];
	memset(body, 'x', 3000);
	body[3000] = '\0';
	found("g.first", ANSWER_JSON);
	keep("g.first", ANSWER_JSON, body, basis());
	keep("g.second", ANSWER_JSON, body, basis());
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "g.n%d", i);
		keep(name, ANSWER_JSON, body, basis());
		assert_non_null(found("g.first", ANSWER_JSON));
	}
	assert_null(found("g.second", ANSWER_JSON));
	assert_non_null(found("g.n99", ANSWER_JSON));
	int kept = 0;
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "g.n%d", i);
		kept += found(name, ANSWER_JSON) != NULL;
	}
	assert_in_range(kept, 20, 32);
}

static void
a_giant_is_not_kept(void **state)
{
	(void)state;
	char *body = arena_alloc(&arena, 50001);
	memset(body, 'x', 50000);
	found("h.a", ANSWER_JSON);
	keep("h.small", ANSWER_JSON, "small", basis());
	keep("h.a", ANSWER_JSON, body, basis());
	assert_null(found("h.a", ANSWER_JSON));
	assert_non_null(found("h.small", ANSWER_JSON));
}

static void
no_memory_means_no_cache(void **state)
{
	(void)state;
	struct answer_cache *none = answer_cache_create(store, 0);
	struct response rs = {.arena = &arena};
	assert_null(none);
	answer_cache_keep(none, "i.a", ANSWER_JSON, 1, &rs);
	assert_false(answer_cache_find(none, "i.a", ANSWER_JSON, &rs));
	answer_cache_destroy(none);
}

/* What is on disk is the truth; `known` is what was acknowledged or seen by anybody. */
static _Atomic uint64_t known;
static _Atomic bool is_over;

static void
learn(uint64_t size)
{
	uint64_t before = known;
	while (before < size && !atomic_compare_exchange_weak(&known, &before, size))
		continue;
}

static void *
ask_again_and_again(void *failures)
{
	struct arena own = {0};
	while (!is_over) {
		struct response rs = {.arena = &own};
		uint64_t least = known;
		if (!answer_cache_find(cache, "z.a", ANSWER_JSON, &rs)) {
			CLEANUP(session_end) struct session *s = NULL;
			struct err e;
			if (store_read(store, &s, &e) != ERR_OK)
				continue;
			uint64_t size = size_of_log(s);
			learn(size);
			buf_printf(&rs.body, "%llu", (unsigned long long)size);
			rs.etag = "7";
			answer_cache_keep(cache, "z.a", ANSWER_JSON, session_basis(s), &rs);
		}
		*(_Atomic int *)failures += strtoull(rs.body.data, NULL, 10) < least;
		buf_done(&rs.body);
		arena_reset(&own);
	}
	arena_done(&own);
	return NULL;
}

/* Looks into the log and never into the cache. */
static void *
look_again_and_again(void *unused)
{
	(void)unused;
	while (!is_over) {
		CLEANUP(session_end) struct session *s = NULL;
		struct err e;
		if (store_read(store, &s, &e) == ERR_OK)
			learn(size_of_log(s));
	}
	return NULL;
}

static void
no_reader_sees_less_than_anybody_before(void **state)
{
	(void)state;
	pthread_t threads[4];
	_Atomic int failures = 0;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						i ? ask_again_and_again : look_again_and_again,
						&failures),
				 0);
	for (int i = 0; i < 200; i++) {
		happen("product.published", "z.a");
		learn(basis());
	}
	is_over = true;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(failures, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_kept_is_found),
	    cmocka_unit_test(each_form_has_its_own_answer),
	    cmocka_unit_test(the_newer_answer_replaces_the_older),
	    cmocka_unit_test(an_event_drops_the_answers_of_its_product_alone),
	    cmocka_unit_test(events_about_other_things_drop_nothing),
	    cmocka_unit_test(an_answer_read_before_a_commit_is_not_kept_after_it),
	    cmocka_unit_test(an_answer_that_was_overtaken_is_not_found),
	    cmocka_unit_test(the_least_used_go_first_when_it_is_full),
	    cmocka_unit_test(a_giant_is_not_kept),
	    cmocka_unit_test(no_memory_means_no_cache),
	    cmocka_unit_test(no_reader_sees_less_than_anybody_before),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
