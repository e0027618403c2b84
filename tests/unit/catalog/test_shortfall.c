/*
 * What falls short, and since when: by whatever decision, without a gap, and gone when it is cured.
 */
#include "catalog/shortfall.h"

#include "fixture.h"

#define OPEN                                                                                       \
	"{\"policy\":\"pii\",\"rule\":\"access\",\"enforcement\":\"warn\","                        \
	"\"message\":\"anybody may read it\",\"pointer\":\"/access\",\"line\":3,\"column\":1}"
#define STRICT                                                                                     \
	"{\"policy\":\"pii\",\"rule\":\"access\",\"enforcement\":\"deny\","                        \
	"\"message\":\"nobody guards it\",\"pointer\":\"\","                                       \
	"\"grace_end\":\"2030-01-01T00:00:00.000000Z\"}"
#define NO_TEST                                                                                    \
	"{\"policy\":\"quality\",\"rule\":\"checks\",\"enforcement\":\"audit\","                   \
	"\"message\":\"no checks\",\"pointer\":\"/quality_checks\"}"

static uint64_t
publish_as(struct mesh *m, const char *name, const char *domain, const char *version,
	   const char *violations)
{
	m->violations = violations;
	return publish(m, product_yaml(m, name, domain, ""), version);
}

static uint64_t
judged(struct mesh *m, const char *name, const char *standing, const char *violations)
{
	return happen(m, "product.judged", name,
		      arena_printf(&m->arena, "{\"standing\":\"%s\",\"violations\":%s}", standing,
				   violations));
}

static struct shortfall_list
list_of(struct mesh *m, struct shortfall_filter filter)
{
	struct shortfall_list list;
	struct session *s = mesh_read(m);
	filter.limit = filter.limit ? filter.limit : 100;
	assert_ok(m, shortfall_list(s, &filter, &m->arena, &list, &m->e));
	session_end(&s);
	return list;
}

static struct shortfall_list
all_of(struct mesh *m, const char *product)
{
	return list_of(m, (struct shortfall_filter){.product = product});
}

static struct product
product_of(struct mesh *m, const char *name)
{
	struct product p;
	struct session *s = mesh_read(m);
	assert_ok(m, product_get(s, name, &m->arena, &p, &m->e));
	session_end(&s);
	return p;
}

static void
a_publish_says_what_its_version_falls_short_of(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "," NO_TEST "]");
	struct shortfall_list l = all_of(m, "a.b");
	assert_int_equal(l.count, 2);
	assert_string_equal(l.items[0].violation.policy, "pii");
	assert_string_equal(l.items[0].violation.rule, "access");
	assert_string_equal(l.items[0].violation.enforcement, "warn");
	assert_string_equal(l.items[0].violation.pointer, "/access");
	assert_int_equal(l.items[0].violation.at.line, 3);
	assert_string_equal(l.items[0].owner, "d-team");
	assert_int_equal(l.items[0].since_seq, seq);
	assert_int_equal(l.items[0].seq, seq);
	assert_true(l.items[0].since > 0);
	assert_int_equal(l.items[1].violation.at.line, 0);
}

static void
since_survives_new_versions_and_judgements_that_find_it_again(void **state)
{
	struct mesh *m = *state;
	uint64_t first = publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "]");
	publish_as(m, "a.b", "e", "1.1.0", "[" NO_TEST "," OPEN "]");
	uint64_t last = judged(m, "a.b", "violating", "[" STRICT "]");
	struct shortfall_list l = all_of(m, "a.b");
	assert_int_equal(l.count, 1);
	assert_int_equal(l.items[0].since_seq, first);
	assert_int_equal(l.items[0].seq, last);
	assert_string_equal(l.items[0].domain, "e");
	assert_string_equal(l.items[0].violation.enforcement, "deny");
	assert_string_equal(l.items[0].violation.message, "nobody guards it");
	assert_int_equal(l.items[0].violation.at.line, 0);
	assert_true(l.items[0].violation.grace_end > l.items[0].since);
}

static void
what_was_cured_in_between_begins_anew(void **state)
{
	struct mesh *m = *state;
	publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "]");
	judged(m, "a.b", "compliant", "[]");
	assert_int_equal(all_of(m, "a.b").count, 0);
	uint64_t again = publish_as(m, "a.b", "d", "1.1.0", "[" OPEN "]");
	assert_int_equal(all_of(m, "a.b").items[0].since_seq, again);
}

static void
two_complaints_of_one_validation_are_two(void **state)
{
	struct mesh *m = *state;
	uint64_t first = publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "]");
	uint64_t second = publish_as(m, "a.b", "d", "1.1.0", "[" OPEN "," STRICT "]");
	struct shortfall_list l = all_of(m, "a.b");
	assert_int_equal(l.count, 2);
	assert_int_equal(l.items[0].since_seq, first);
	assert_int_equal(l.items[1].since_seq, second);
}

static void
what_is_retired_falls_short_of_nothing(void **state)
{
	struct mesh *m = *state;
	publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "]");
	publish_as(m, "a.c", "d", "1.0.0", "[" OPEN "]");
	retire(m, "a.b");
	assert_int_equal(all_of(m, "a.b").count, 0);
	assert_int_equal(all_of(m, "a.c").count, 1);
}

static void
a_judgement_changes_the_standing_until_the_next_version(void **state)
{
	struct mesh *m = *state;
	publish_as(m, "a.b", "d", "1.0.0", NULL);
	assert_int_equal(product_of(m, "a.b").judged_seq, 0);
	uint64_t seq = judged(m, "a.b", "violating", "[" STRICT "]");
	assert_string_equal(product_of(m, "a.b").standing, "violating");
	assert_int_equal(product_of(m, "a.b").judged_seq, seq);
	publish_as(m, "a.b", "d", "1.1.0", NULL);
	assert_string_equal(product_of(m, "a.b").standing, "compliant");
	assert_int_equal(product_of(m, "a.b").judged_seq, 0);
}

static void
filters_are_joined_by_and(void **state)
{
	struct mesh *m = *state;
	publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "," NO_TEST "]");
	publish_as(m, "a.c", "d", "1.0.0", "[" STRICT "]");
	publish_as(m, "x.y", "e", "1.0.0", "[" OPEN "]");
	static const struct {
		struct shortfall_filter filter;
		size_t count;
	} cases[] = {
	    {{.domain = "d"}, 3},
	    {{.policy = "pii"}, 3},
	    {{.policy = "pii", .domain = "d"}, 2},
	    {{.enforcement = "audit"}, 1},
	    {{.owner = "e-team"}, 1},
	    {{.owner = "e-team", .enforcement = "deny"}, 0},
	    {{.product = "a.b", .policy = "quality"}, 1},
	    {{0}, 4},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(list_of(m, cases[i].filter).count, cases[i].count);
}

static void
pages_go_on_behind_the_last_row(void **state)
{
	struct mesh *m = *state;
	struct shortfall_filter filter = {.limit = 2};
	size_t count = 0;
	for (int i = 0; i < 3; i++)
		publish_as(m, arena_printf(&m->arena, "a.p%d", i), "d", "1.0.0",
			   "[" OPEN "," STRICT "," NO_TEST "]");
	for (bool more = true; more;) {
		struct shortfall_list l = list_of(m, filter);
		count += l.count;
		more = l.more;
		filter.after = shortfall_cursor(&l.items[l.count - 1], &m->arena);
	}
	assert_int_equal(count, 9);
	struct session *s = mesh_read(m);
	struct shortfall_list l;
	filter.after = "nonsense";
	assert_err(m, ERR_MALFORMED, "cursor", shortfall_list(s, &filter, &m->arena, &l, &m->e));
	session_end(&s);
}

static void
they_are_counted_by_what_they_have_in_common(void **state)
{
	struct mesh *m = *state;
	struct shortfall_counts counts;
	const struct shortfall_filter all = {0}, of_d = {.domain = "d"};
	publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "," NO_TEST "]");
	publish_as(m, "a.c", "d", "1.0.0", "[" OPEN "]");
	publish_as(m, "x.y", "e", "1.0.0", "[" STRICT "]");
	struct session *s = mesh_read(m);
	assert_ok(m, shortfall_counts(s, &all, &m->arena, &counts, &m->e));
	assert_int_equal(counts.count, 3);
	assert_string_equal(counts.items[0].policy, "pii");
	assert_string_equal(counts.items[0].domain, "d");
	assert_string_equal(counts.items[0].enforcement, "warn");
	assert_int_equal(counts.items[0].count, 2);
	assert_ok(m, shortfall_counts(s, &of_d, &m->arena, &counts, &m->e));
	assert_int_equal(counts.count, 2);
	session_end(&s);
}

/* What the counts say of a filter is what its list has. */
static void
expect_counted(struct mesh *m, struct shortfall_filter filter)
{
	struct shortfall_counts counts;
	size_t sum = 0;
	struct session *s = mesh_read(m);
	assert_ok(m, shortfall_counts(s, &filter, &m->arena, &counts, &m->e));
	session_end(&s);
	for (size_t i = 0; i < counts.count; i++) {
		const struct shortfall_count *c = &counts.items[i];
		struct shortfall_filter alike = filter;
		alike.policy = c->policy;
		alike.domain = c->domain;
		alike.enforcement = c->enforcement;
		assert_true(c->count > 0);
		assert_int_equal(c->count, list_of(m, alike).count);
		sum += c->count;
	}
	assert_int_equal(sum, list_of(m, filter).count);
}

static void
expect_all_counted(struct mesh *m, size_t count)
{
	static const struct shortfall_filter filters[] = {
	    {0},
	    {.domain = "d"},
	    {.owner = "e-team"},
	    {.policy = "pii"},
	    {.enforcement = "deny"},
	    {.product = "a.b"},
	    {.product = "a.b", .enforcement = "warn"},
	    {.domain = "d", .owner = "d-team", .policy = "quality"},
	};
	assert_int_equal(list_of(m, filters[0]).count, count);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		expect_counted(m, filters[i]);
}

static void
the_counts_follow_whatever_happens(void **state)
{
	struct mesh *m = *state;
	publish_as(m, "a.b", "d", "1.0.0", "[" OPEN "," STRICT "," NO_TEST "]");
	publish_as(m, "a.c", "d", "1.0.0", "[" OPEN "]");
	publish_as(m, "a.good", "d", "1.0.0", NULL);
	expect_all_counted(m, 4);
	publish_as(m, "a.b", "e", "1.1.0", "[" OPEN "," NO_TEST "]"); /* of another domain */
	expect_all_counted(m, 3);
	judged(m, "a.b", "violating", "[" STRICT "," NO_TEST "]"); /* of another enforcement */
	judged(m, "a.good", "warned", "[" NO_TEST "]");
	expect_all_counted(m, 4);
	judged(m, "a.c", "compliant", "[]");
	expect_all_counted(m, 3);
	retire(m, "a.b");
	expect_all_counted(m, 1);
	publish_as(m, "a.b", "d", "2.0.0", "[" STRICT "]");
	assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
	expect_all_counted(m, 2);
	publish_as(m, "a.b", "d", "2.1.0", NULL);
	publish_as(m, "a.good", "d", "1.1.0", NULL);
	expect_all_counted(m, 0);
}

/* Who follows the log in memory finds what the table has. */
static void
in_memory_it_is_the_same(void **state)
{
	struct mesh *m = *state;
	static const char *const lists[] = {"[" OPEN "]", "[" OPEN "," STRICT "]", "[" NO_TEST "]",
					    "[" STRICT "," NO_TEST "]"};
	struct shortfall_list own = {0};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct violations found = {.arena = &m->arena};
		struct node items;
		assert_ok(m, document_read(DOCUMENT_JSON, lists[i], strlen(lists[i]), NULL,
					   &m->arena, &items, &m->e));
		violations_read(&items, &found);
		uint64_t seq = publish_as(m, "a.b", "d", "1.0.0", lists[i]);
		own = shortfalls_note(&own, &found, seq, 1, &m->arena);
		struct shortfall_list stored = all_of(m, "a.b");
		assert_int_equal(own.count, stored.count);
		for (size_t k = 0; k < own.count; k++) {
			assert_int_equal(own.items[k].since_seq, stored.items[k].since_seq);
			assert_int_equal(own.items[k].part, stored.items[k].part);
		}
	}
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_publish_says_what_its_version_falls_short_of),
	    HERE(since_survives_new_versions_and_judgements_that_find_it_again),
	    HERE(what_was_cured_in_between_begins_anew),
	    HERE(two_complaints_of_one_validation_are_two),
	    HERE(what_is_retired_falls_short_of_nothing),
	    HERE(a_judgement_changes_the_standing_until_the_next_version),
	    HERE(filters_are_joined_by_and),
	    HERE(pages_go_on_behind_the_last_row),
	    HERE(they_are_counted_by_what_they_have_in_common),
	    HERE(the_counts_follow_whatever_happens),
	    HERE(in_memory_it_is_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
