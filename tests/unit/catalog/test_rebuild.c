/*
 * test_rebuild.c -- after any history, projections made again from the log are the same, byte for
 * byte.
 */
#include "catalog/resource.h"

#include "tamper.h"

/* --- a random history --- */

struct dice {
	uint64_t state;
};

static unsigned
roll(struct dice *d, unsigned sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(d->state >> 33) % sides;
}

enum { PRODUCTS = 12 };

static const char *
product_name(struct mesh *m, unsigned n)
{
	return arena_printf(&m->arena, "mesh.p%u", n);
}

/* A product with whatever the dice say: columns with sources, inputs, tags, wishes, statuses. */
static const char *
random_product(struct mesh *m, struct dice *d, unsigned n)
{
	CLEANUP(buf_done) struct buf b = {0};
	unsigned other = roll(d, PRODUCTS + 3); /* some that are never published */
	static const char *const statuses[] = {"draft", "active", "deprecated"};
	buf_printf(&b, "name: %s\nowner: team-%u\ndomain: d%u\nstatus: %s\n", product_name(m, n),
		   roll(d, 3), roll(d, 4), statuses[roll(d, 3)]);
	if (roll(d, 2))
		buf_printf(&b, "description: words%u and more%u\n", roll(d, 5), roll(d, 5));
	if (roll(d, 2))
		buf_printf(&b, "tags: [t%u, t%u, t9]\n", roll(d, 3), 3 + roll(d, 3));
	if (roll(d, 2))
		buf_printf(&b, "storage:\n  - {plugin: s3, name: n%u, quota: %u GB}\n", roll(d, 2),
			   1 + roll(d, 3));
	if (roll(d, 3) == 0)
		buf_text(&b, "compute: [{plugin: slurm}]\n");
	buf_printf(&b, "inputs:\n  - %s\n  - dataset:s3://x|y%u\n", product_name(m, other),
		   roll(d, 3));
	buf_text(&b, "schema:\n");
	for (unsigned c = 0, count = 1 + roll(d, 4); c < count; c++) {
		buf_printf(&b, "  - {name: c%u, type: T%u, pii: %s", c, roll(d, 2),
			   roll(d, 3) ? "false" : "true");
		if (roll(d, 2))
			buf_printf(&b,
				   ", from: [{column: \"%s#c%u\", transform: f%u, masking: %s}]",
				   product_name(m, other), roll(d, 4), roll(d, 2),
				   roll(d, 2) ? "true" : "false");
		buf_text(&b, "}\n");
	}
	return arena_text(&m->arena, b.data);
}

static void
random_result(struct mesh *m, struct dice *d)
{
	static const char *const states[] = {"ready", "failed", "retained", "removed", "wanted"};
	struct resource_list l;
	struct session *s = mesh_write(m);
	assert_ok(m, resource_list(s, NULL, &m->arena, &l, &m->e));
	if (l.count > 0) {
		struct resource r = l.items[roll(d, (unsigned)l.count)];
		r.state = states[roll(d, 5)];
		r.error = roll(d, 2) ? "it said no" : NULL;
		r.detail = roll(d, 2) ? "{\"a\":[1,2.0]}" : NULL;
		if (roll(d, 4) == 0)
			r.wish = "{\"plugin\":\"s3\",\"quota\":\"old\"}";
		assert_ok(m, resource_change(s, &r, &m->e));
	}
	mesh_commit(m, s);
}

/* One that was never defined may be retired, too: that changes nothing. */
static void
random_policy(struct mesh *m, struct dice *d)
{
	const char *name = arena_printf(&m->arena, "p%u", roll(d, 3));
	if (roll(d, 4) == 0)
		happen(m, "policy.retired", name, "{\"version\":1,\"reason\":null}");
	else
		define(m, "policy.defined", name,
		       arena_printf(&m->arena, "name: p\nenforcement: %s\n",
				    roll(d, 2) ? "warn" : "deny"));
}

/* As the version in force is found to stand, once more. */
static void
random_judgement(struct mesh *m, struct dice *d, const char *name)
{
	CLEANUP(buf_done) struct buf b = {0};
	const char *standing = roll(d, 2) ? "warned" : "violating";
	for (unsigned i = 0, count = roll(d, 4); i < count; i++)
		buf_printf(&b,
			   "%s{\"policy\":\"p%u\",\"rule\":\"r%u\",\"enforcement\":\"%s\","
			   "\"message\":\"m%u\",\"pointer\":\"/x\",\"line\":%u,\"column\":1}",
			   i ? "," : "", roll(d, 3), roll(d, 2), roll(d, 2) ? "deny" : "warn",
			   roll(d, 9), 1 + roll(d, 9));
	const char *list = arena_printf(&m->arena, "[%s]", b.data ? b.data : "");
	m->violations = roll(d, 2) ? list : NULL;
	happen(m, "product.judged", name,
	       arena_printf(&m->arena, "{\"standing\":\"%s\",\"violations\":%s}", standing, list));
}

static void
random_event(struct mesh *m, struct dice *d)
{
	unsigned n = roll(d, PRODUCTS);
	struct product p;
	switch (roll(d, 10)) {
	case 0: {
		struct session *s = mesh_read(m);
		enum err_code code = product_get(s, product_name(m, n), &m->arena, &p, &m->e);
		session_end(&s);
		if (code == ERR_OK && roll(d, 2))
			retire(m, product_name(m, n));
		else if (code == ERR_OK)
			random_judgement(m, d, product_name(m, n));
		break;
	}
	case 1:
		define(m, "domain.defined", arena_printf(&m->arena, "d%u", roll(d, 5)),
		       arena_printf(&m->arena, "name: d\ntitle: t%u\n", roll(d, 3)));
		break;
	case 2:
		random_policy(m, d);
		break;
	case 3:
		happen(m, "quality.checked", product_name(m, n),
		       roll(d, 2) ? "{\"passed\":true}" : "{\"passed\":false}");
		break;
	case 4:
	case 5:
		random_result(m, d);
		break;
	default:
		publish(m, random_product(m, d, n),
			arena_printf(&m->arena, "1.%u.0", roll(d, 100)));
	}
}

/* --- rebuilding --- */

/* In which order a compiler rolls the arguments of a call is its own affair. */
static void
fill_what_the_dice_left_out(struct mesh *m, struct dice *d)
{
	publish(m, random_product(m, d, 0), "7.0.0");
	define(m, "policy.defined", "p0", "name: p\nenforcement: deny\n");
	m->violations = NULL;
	happen(m, "product.judged", product_name(m, 0),
	       "{\"standing\":\"violating\",\"violations\":[{\"policy\":\"p0\",\"rule\":\"r\","
	       "\"enforcement\":\"deny\",\"message\":\"m\",\"pointer\":\"/x\"}]}");
}

static void
a_rebuild_after_a_random_history_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct mesh *m = NULL;
		struct dice d = {seed};
		mesh_open((void **)&m);
		for (int i = 0; i < 120; i++)
			random_event(m, &d);
		fill_what_the_dice_left_out(m, &d);
		struct projection_digests before = mesh_digests(m);
		for (size_t i = 0; i < before.count; i++)
			assert_true(before.items[i].rows > 0); /* the history reached every table */
		assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
		struct projection_digests after = mesh_digests(m);
		digests_are_the_same(&before, &after);
		check_search_index(m);
		mesh_close((void **)&m);
	}
}

static void
a_rebuild_repairs_what_was_changed_in_the_projections(void **state)
{
	struct mesh *m = *state;
	struct dice d = {7};
	for (int i = 0; i < 60; i++)
		random_event(m, &d);
	struct projection_digests before = mesh_digests(m);
	mesh_stop(m);
	tamper(m, "UPDATE products SET owner = 'nobody'; DELETE FROM lineage_edges; DELETE FROM "
		  "search_documents;"
		  "UPDATE resources SET state = 'ready'; INSERT INTO domains VALUES ('ghost', "
		  "'{}', '', 1)");
	assert_ok(m, mesh_start(m, STORE_SERVE));
	struct projection_digests damaged = mesh_digests(m);
	bool same = true;
	for (size_t i = 0; i < before.count; i++)
		same &= digest_equal(&before.items[i].digest, &damaged.items[i].digest);
	assert_false(same);
	assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
	struct projection_digests after = mesh_digests(m);
	digests_are_the_same(&before, &after);
}

/* As the migrations behind `number` find a database, without what they make. */
static void
bring_forward_from(struct mesh *m, int number, const char *undo)
{
	const char *set =
	    database_is_sqlite() ? "PRAGMA user_version =" : "UPDATE weft_schema SET number =";
	mesh_stop(m);
	tamper(m, arena_printf(&m->arena, "%s; %s %d", undo, set, number));
	assert_ok(m, mesh_start(m, STORE_SERVE));
}

static const char without_behind_8[] =
    "DROP TABLE policy_versions; DROP TABLE violations; DROP TABLE violation_counts;"
    " DROP TABLE standing; ALTER TABLE products DROP COLUMN judged_seq";
static const char without_behind_10[] = "DROP TABLE violation_counts";

static void
a_database_of_before_learns_the_versions_of_its_policies(void **state)
{
	struct mesh *m = *state;
	define(m, "policy.defined", "a", "name: a\n");
	define(m, "policy.defined", "b", "name: b\nscope: domain:risk\n");
	define(m, "policy.defined", "a", "name: a\nenforcement: warn\n");
	define(m, "policy.defined", "a", "name: a\nenforcement: warn\n");
	define(m, "domain.defined", "a", "name: a\n");
	struct projection_digests before = mesh_digests(m);
	bring_forward_from(m, 8, without_behind_8);
	struct projection_digests after = mesh_digests(m);
	digests_are_the_same(&before, &after);
}

/* Those of a product that was cured are counted no more, and leave no trace. */
static void
a_database_of_before_learns_what_falls_short(void **state)
{
	struct mesh *m = *state;
	static const char list[] = "[{\"policy\":\"p\",\"rule\":\"r\",\"enforcement\":\"warn\","
				   "\"message\":\"m\",\"pointer\":\"/x\"}]";
	m->violations = list;
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	publish(m, product_yaml(m, "a.b", "d", "tags: [t]\n"), "1.1.0");
	publish(m, product_yaml(m, "a.cured", "e", ""), "1.0.0");
	publish(m, product_yaml(m, "a.gone", "d", ""), "1.0.0");
	m->violations = NULL;
	publish(m, product_yaml(m, "a.cured", "e", "tags: [t]\n"), "1.1.0");
	retire(m, "a.gone");
	struct projection_digests before = mesh_digests(m);
	bring_forward_from(m, 8, without_behind_8);
	struct projection_digests after = mesh_digests(m);
	digests_are_the_same(&before, &after);
	bring_forward_from(m, 10, without_behind_10);
	after = mesh_digests(m);
	digests_are_the_same(&before, &after);
}

static void
one_changed_value_changes_the_digest(void **state)
{
	struct mesh *m = *state;
	static const char *const changes[] = {
	    "UPDATE products SET personal = 1 - personal",
	    "UPDATE products SET classification = 'x' WHERE classification IS NULL",
	    "UPDATE product_documents SET document = document || ' '",
	    "UPDATE product_tags SET tag = tag || 'x'",
	    "UPDATE product_columns SET until_seq = 99 WHERE until_seq IS NULL"};
	publish(m, product_yaml(m, "a.b", "d", "tags: [t]\n"), "1.0.0");
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct projection_digests before = mesh_digests(m);
		tamper(m, changes[i]);
		struct projection_digests after = mesh_digests(m);
		bool same = true;
		for (size_t k = 0; k < before.count; k++)
			same &= digest_equal(&before.items[k].digest, &after.items[k].digest);
		if (same)
			fail_msg("'%s' was not noticed", changes[i]);
	}
}

struct seen_progress {
	uint64_t calls, done, of;
};

static void
note_progress(void *user, uint64_t done, uint64_t of)
{
	struct seen_progress *p = user;
	assert_true(done > p->done && done <= of);
	*p = (struct seen_progress){p->calls + 1, done, of};
}

static void
progress_is_told_up_to_the_last_event(void **state)
{
	struct mesh *m = *state;
	struct seen_progress p = {0};
	CLEANUP(buf_done) struct buf body = {0};
	buf_text(&body, "{}");
	struct session *s = mesh_write(m);
	for (int i = 0; i < 2500; i++)
		assert_ok(m, event_append(s, "x", "x.y", "z", &body, NULL, &m->e));
	mesh_commit(m, s);
	assert_ok(m, rebuild(m->store, note_progress, &p, &m->e));
	assert_int_equal(p.calls, 3);
	assert_int_equal(p.done, 2501);
	assert_int_equal(p.of, 2501);
}

static void
a_rebuild_that_fails_leaves_what_was_there(void **state)
{
	struct mesh *m = *state;
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	struct projection_digests before = mesh_digests(m);
	mesh_stop(m);
	tamper(m,
	       "INSERT INTO events SELECT 3, time, actor, kind, subject, body_hash, '{}' FROM "
	       "events WHERE seq = 2;"
	       "INSERT INTO log_tree SELECT 3, 0, hash FROM log_tree WHERE seq = 2 AND level = 0");
	assert_ok(m, mesh_start(m, STORE_SERVE));
	assert_err(m, ERR_MALFORMED, "event 3", rebuild(m->store, NULL, NULL, &m->e));
	struct projection_digests after = mesh_digests(m);
	digests_are_the_same(&before, &after);
}

static void
a_redacted_event_is_passed_over(void **state)
{
	struct mesh *m = *state;
	struct product p;
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	publish(m, product_yaml(m, "a.b", "d", "description: better\n"), "1.1.0");
	mesh_stop(m);
	tamper(m, "UPDATE events SET body = NULL WHERE seq = 2");
	assert_ok(m, mesh_start(m, STORE_SERVE));
	assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
	struct session *s = mesh_read(m);
	assert_ok(m, product_get(s, "a.b", &m->arena, &p, &m->e));
	session_end(&s);
	assert_string_equal(p.version, "1.1.0");
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_rebuild_after_a_random_history_changes_nothing),
	    HERE(a_rebuild_repairs_what_was_changed_in_the_projections),
	    HERE(a_database_of_before_learns_the_versions_of_its_policies),
	    HERE(a_database_of_before_learns_what_falls_short),
	    HERE(one_changed_value_changes_the_digest),
	    HERE(progress_is_told_up_to_the_last_event),
	    HERE(a_rebuild_that_fails_leaves_what_was_there),
	    HERE(a_redacted_event_is_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
