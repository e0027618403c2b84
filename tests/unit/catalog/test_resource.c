/*
 * test_resource.c -- how publishes, retirements and plugins' results move a resource; quality
 * results.
 */
#include "catalog/resource.h"

#include "fixture.h"

static struct resource_list
list(struct mesh *m, const char *product)
{
	struct resource_list l;
	struct session *s = mesh_read(m);
	assert_ok(m, resource_list(s, product, &m->arena, &l, &m->e));
	session_end(&s);
	return l;
}

/* "role/plugin/name=state" of each, a space between. */
static const char *
states(struct mesh *m, const char *product)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct resource_list l = list(m, product);
	buf_text(&b, "");
	for (size_t i = 0; i < l.count; i++)
		buf_printf(&b, "%s%s/%s/%s=%s", i ? " " : "", l.items[i].role, l.items[i].plugin,
			   l.items[i].name, l.items[i].state);
	return arena_text(&m->arena, b.data);
}

static uint64_t
wish(struct mesh *m, const char *wishes)
{
	return publish(m, product_yaml(m, "a.b", "d", wishes), "1.0.0");
}

/* The plugin's result for the first resource as it is now. */
static struct resource
result(struct mesh *m, const char *state, const char *detail, const char *error)
{
	struct resource r = list(m, "a.b").items[0];
	r.state = state;
	r.detail = detail;
	r.error = error;
	return r;
}

static void
change(struct mesh *m, const struct resource *r)
{
	struct session *s = mesh_write(m);
	assert_ok(m, resource_change(s, r, &m->e));
	mesh_commit(m, s);
}

#define BUCKET "storage:\n  - {plugin: s3, name: main, quota: 10 GB}\n"

/* --- wishes --- */

static void
a_published_wish_is_wanted(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = wish(m, BUCKET "compute:\n  - {plugin: slurm, settings: {b: 1, a: 2}}\n");
	assert_string_equal(states(m, "a.b"),
			    "compute/slurm/default=wanted storage/s3/main=wanted");
	struct resource_list l = list(m, "a.b");
	assert_string_equal(l.items[0].wish,
			    "{\"plugin\":\"slurm\",\"settings\":{\"a\":2,\"b\":1}}");
	assert_string_equal(l.items[1].wish,
			    "{\"plugin\":\"s3\",\"name\":\"main\",\"quota\":\"10 GB\"}");
	assert_int_equal(l.items[0].seq, seq);
	assert_int_equal(l.items[0].product_seq, seq);
	assert_null(l.items[0].detail);
	assert_null(l.items[0].error);
	assert_true(l.items[0].changed_at > 0);
}

static void
a_wish_that_is_repeated_stays_as_it_is(void **state)
{
	struct mesh *m = *state;
	uint64_t first = wish(m, BUCKET);
	struct resource r = result(m, "ready", "{\"bucket\":\"x\"}", NULL);
	change(m, &r);
	wish(m, BUCKET "description: other words\n");
	assert_string_equal(states(m, "a.b"), "storage/s3/main=ready");
	assert_int_equal(list(m, "a.b").items[0].product_seq, first);
	assert_string_equal(list(m, "a.b").items[0].detail, "{\"bucket\":\"x\"}");
}

static void
a_changed_wish_is_wanted_again(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET);
	struct resource r = result(m, "ready", "{}", NULL);
	change(m, &r);
	uint64_t seq = wish(m, "storage:\n  - {plugin: s3, name: main, quota: 20 GB}\n");
	struct resource now = list(m, "a.b").items[0];
	assert_string_equal(now.state, "wanted");
	assert_non_null(strstr(now.wish, "20 GB"));
	assert_int_equal(now.product_seq, seq);
}

static void
what_is_no_longer_wished_for_is_retained(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET "compute:\n  - {plugin: slurm}\n");
	wish(m, "compute:\n  - {plugin: slurm}\n");
	assert_string_equal(states(m, "a.b"),
			    "compute/slurm/default=wanted storage/s3/main=retained");
	wish(m, BUCKET);
	assert_string_equal(states(m, "a.b"),
			    "compute/slurm/default=retained storage/s3/main=wanted");
}

static void
everything_of_a_retired_product_is_retained(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET "compute:\n  - {plugin: slurm}\n");
	uint64_t seq = retire(m, "a.b");
	assert_string_equal(states(m, "a.b"),
			    "compute/slurm/default=retained storage/s3/main=retained");
	assert_int_equal(list(m, "a.b").items[0].seq, seq);
	wish(m, BUCKET);
	assert_string_equal(states(m, "a.b"),
			    "compute/slurm/default=retained storage/s3/main=wanted");
}

/* --- results --- */

static void
a_failure_keeps_its_error_and_success_clears_it(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET);
	struct resource r = result(m, "failed", NULL, "no quota left");
	change(m, &r);
	struct resource now = list(m, "a.b").items[0];
	assert_string_equal(now.state, "failed");
	assert_string_equal(now.error, "no quota left");
	r = result(m, "ready", " {\"bucket\" : \"x\"} ", NULL);
	change(m, &r);
	now = list(m, "a.b").items[0];
	assert_string_equal(now.state, "ready");
	assert_null(now.error);
	assert_string_equal(now.detail, "{\"bucket\":\"x\"}");
}

static void
a_late_result_does_not_pass_for_the_newer_wish(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET);
	struct resource late = result(m, "ready", "{\"quota\":10}", NULL);
	wish(m, "storage:\n  - {plugin: s3, name: main, quota: 20 GB}\n");
	change(m, &late);
	struct resource now = list(m, "a.b").items[0];
	assert_string_equal(now.state, "wanted");
	assert_non_null(strstr(now.wish, "20 GB"));
	assert_string_equal(now.detail, "{\"quota\":10}");
}

static void
what_is_retained_can_only_be_removed(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET);
	retire(m, "a.b");
	struct resource r = result(m, "ready", NULL, NULL);
	change(m, &r);
	assert_string_equal(states(m, "a.b"), "storage/s3/main=retained");
	r = result(m, "failed", NULL, "cannot delete");
	change(m, &r);
	assert_string_equal(states(m, "a.b"), "storage/s3/main=retained");
	assert_string_equal(list(m, "a.b").items[0].error, "cannot delete");
	r = result(m, "removed", NULL, NULL);
	change(m, &r);
	assert_string_equal(states(m, "a.b"), "storage/s3/main=removed");
	r = result(m, "ready", NULL, NULL);
	change(m, &r);
	assert_string_equal(states(m, "a.b"), "storage/s3/main=removed");
	wish(m, BUCKET);
	assert_string_equal(states(m, "a.b"), "storage/s3/main=wanted");
}

static void
a_result_for_what_was_never_wished_is_refused(void **state)
{
	struct mesh *m = *state;
	wish(m, BUCKET);
	struct resource r = result(m, "ready", NULL, NULL);
	struct session *s = mesh_write(m);
	r.name = "other";
	assert_err(m, ERR_NOT_FOUND, "'a.b' never asked for storage 'other' of s3",
		   resource_change(s, &r, &m->e));
	r = result(m, "done", NULL, NULL);
	assert_err(m, ERR_USAGE, "no state of a resource is named 'done'",
		   resource_change(s, &r, &m->e));
	r = result(m, "ready", "{broken", NULL);
	assert_err(m, ERR_MALFORMED, "detail", resource_change(s, &r, &m->e));
	assert_int_equal(size_of_log(s), 2);
	session_end(&s);
}

static void
all_resources_are_listed_by_product(void **state)
{
	struct mesh *m = *state;
	publish(m, product_yaml(m, "b.b", "d", BUCKET), "1.0.0");
	publish(m, product_yaml(m, "a.a", "d", BUCKET), "1.0.0");
	struct resource_list l = list(m, NULL);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.items[0].product, "a.a");
	assert_string_equal(l.items[1].product, "b.b");
}

/* --- quality --- */

static void
the_last_quality_result_is_kept(void **state)
{
	struct mesh *m = *state;
	const char *body = NULL;
	moment time = 1;
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	struct session *s = mesh_read(m);
	assert_ok(m, quality_last(s, "a.b", &m->arena, &body, &time, &m->e));
	session_end(&s);
	assert_null(body);
	assert_int_equal(time, 0);
	happen(m, "quality.checked", "a.b",
	       "{\"plugin\":\"duckdb\",\"passed\":false,\"checks\":[]}");
	happen(m, "quality.checked", "a.b",
	       "{\"plugin\":\"duckdb\",\"passed\":true,\"checks\":[]}");
	s = mesh_read(m);
	assert_ok(m, quality_last(s, "a.b", &m->arena, &body, &time, &m->e));
	session_end(&s);
	assert_string_equal(body, "{\"plugin\":\"duckdb\",\"passed\":true,\"checks\":[]}");
	assert_true(time > 0);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_published_wish_is_wanted),
	    HERE(a_wish_that_is_repeated_stays_as_it_is),
	    HERE(a_changed_wish_is_wanted_again),
	    HERE(what_is_no_longer_wished_for_is_retained),
	    HERE(everything_of_a_retired_product_is_retained),
	    HERE(a_failure_keeps_its_error_and_success_clears_it),
	    HERE(a_late_result_does_not_pass_for_the_newer_wish),
	    HERE(what_is_retained_can_only_be_removed),
	    HERE(a_result_for_what_was_never_wished_is_refused),
	    HERE(all_resources_are_listed_by_product),
	    HERE(the_last_quality_result_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
