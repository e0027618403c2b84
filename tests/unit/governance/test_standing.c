/*
 * The judgement that never ends, on a real catalog: who is judged again, and that nothing happens
 * twice.
 */
#include "catalog/product.h"
#include "catalog/product_names.h"
#include "catalog/shortfall.h"
#include "catalog/standing_mark.h"
#include "governance/standing.h"

#include "office.h"

#define PRODUCT(name)                                                                              \
	"name: " name "\nowner: carol\ndomain: sales\n"                                            \
	"schema: [{name: id, type: STRING}]\nquality_checks: [{unique: id}]\n"

#define RULE                                                                                       \
	"kind: Policy\nname: owners\nscope: global\nenforcement: warn\nvalidations:\n"             \
	"  - {expression: 'product.owner.endsWith(\"-team\")', message: A team, pointer: "         \
	"/owner}\n"

static void
define_rule(struct office *o, const char *text)
{
	const struct submission in = office_paper(text);
	struct outcome out = office_begin(o);
	assert_int_equal(office_end(o,
				    policy_define(o->governance, "owners", &in, &o->arena,
						  &o->violations, &out, &o->e),
				    &out),
			 ERR_OK);
}

static struct standing *
start(struct office *o)
{
	struct standing *st = NULL;
	const struct standing_options options = {.store = o->store, .governance = o->governance};
	assert_int_equal(standing_start(&options, &st, &o->e), ERR_OK);
	return st;
}

static size_t
count_of(struct office *o, const char *kind)
{
	struct session *s = NULL;
	struct event_list list;
	assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
	assert_int_equal(event_list(s, 0, 10000, kind, NULL, &o->arena, &list, &o->e), ERR_OK);
	session_end(&s);
	return list.count;
}

/* Fails when it takes longer than a sanitized program on a busy machine may. */
static void
await(struct office *o, const char *kind, size_t count)
{
	const moment end = clock_monotonic() + SECONDS(60);
	uint64_t seen = store_commits(o->store);
	while (count_of(o, kind) < count && clock_monotonic() < end)
		seen = store_wait(o->store, seen, clock_monotonic() + SECONDS(1));
	assert_int_equal(count_of(o, kind), count);
}

static void
products_of_before_are_judged_at_the_first_start(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, PRODUCT("sales.orders")), ERR_OK);
	assert_int_equal(office_publish_text(o, PRODUCT("sales.leads")), ERR_OK);
	define_rule(o, RULE);
	assert_int_equal(count_of(o, "product.judged"), 0);
	struct standing *st = start(o);
	await(o, "product.judged", 2);
	standing_stop(st);
}

/* The second one finds that everybody stands as the log says. */
static void
of_two_at_once_nothing_happens_twice(void **state)
{
	struct office *o = *state;
	for (int i = 0; i < 40; i++)
		assert_int_equal(
		    office_publish_text(o, arena_printf(&o->arena, "name: sales.p%d\n%s", i,
							strchr(PRODUCT("x"), '\n') + 1)),
		    ERR_OK);
	define_rule(o, RULE);
	struct standing *one = start(o), *other = start(o);
	await(o, "product.judged", 40);
	standing_stop(one);
	standing_stop(other);
	assert_int_equal(count_of(o, "product.judged"), 40);
}

static void
what_is_retired_is_passed_over(void **state)
{
	struct office *o = *state;
	const struct submission in = office_paper("");
	assert_int_equal(office_publish_text(o, PRODUCT("sales.gone")), ERR_OK);
	assert_int_equal(office_publish_text(o, PRODUCT("sales.here")), ERR_OK);
	struct outcome out = office_begin(o);
	assert_int_equal(
	    product_retire(o->governance, "sales.gone", "old", &in, &o->arena, &out, &o->e),
	    ERR_OK);
	assert_int_equal(outcome_settle(o->governance, &out, &o->e), ERR_OK);
	struct standing *st = start(o);
	define_rule(o, RULE);
	await(o, "product.judged", 1);
	standing_stop(st);
	assert_int_equal(count_of(o, "product.judged"), 1);
}

/* Between two starts it goes on where it was. */
static void
what_happened_meanwhile_is_found_at_the_next_start(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, PRODUCT("sales.orders")), ERR_OK);
	struct standing *st = start(o);
	define_rule(o, RULE);
	await(o, "product.judged", 1);
	standing_stop(st);
	define_rule(o, RULE "tests: []\n");
	assert_int_equal(office_publish_text(o, PRODUCT("sales.leads")), ERR_OK);
	const struct submission in = office_paper("");
	struct outcome out = office_begin(o);
	assert_int_equal(policy_retire(o->governance, "owners", NULL, &in, &o->arena, &out, &o->e),
			 ERR_OK);
	assert_int_equal(outcome_settle(o->governance, &out, &o->e), ERR_OK);
	st = start(o);
	await(o, "product.judged", 3); /* both are freed of it */
	standing_stop(st);
}

/* How many events of the log are not noted as looked at. */
static uint64_t
not_noted(struct office *o)
{
	struct session *s = NULL;
	struct standing_mark mark;
	uint64_t events = 0;
	assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
	assert_int_equal(standing_mark_read(s, &mark, &o->e), ERR_OK);
	assert_int_equal(event_log_size(s, &events, &o->e), ERR_OK);
	session_end(&s);
	return events - mark.seq;
}

/* Who is stopped before he has looked is given more time. */
static void
what_concerned_nobody_is_noted_at_the_end(void **state)
{
	struct office *o = *state;
	const moment end = clock_monotonic() + SECONDS(60);
	assert_int_equal(office_publish_text(o, PRODUCT("sales.orders")), ERR_OK);
	struct standing *st = start(o);
	for (uint64_t seen = 0; not_noted(o) > 0 && clock_monotonic() < end;)
		seen = store_wait(o->store, seen, clock_monotonic() + SECONDS(1));
	assert_int_equal(office_publish_text(o, PRODUCT("sales.leads")), ERR_OK);
	assert_int_equal(not_noted(o), 1);
	for (moment time = 1000; not_noted(o) > 0 && clock_monotonic() < end; time *= 2) {
		store_wait(o->store, store_commits(o->store), clock_monotonic() + time);
		standing_stop(st);
		st = start(o);
	}
	standing_stop(st);
	assert_int_equal(not_noted(o), 0);
}

static void
await_standing(struct office *o, const char *name, const char *standing)
{
	const moment end = clock_monotonic() + SECONDS(60);
	struct product p = {.standing = ""};
	for (uint64_t seen = 0; strcmp(p.standing, standing) != 0 && clock_monotonic() < end;) {
		struct session *s = NULL;
		seen = store_wait(o->store, seen, clock_monotonic() + SECONDS(1));
		assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
		assert_int_equal(product_get(s, name, &o->arena, &p, &o->e), ERR_OK);
		session_end(&s);
	}
	assert_string_equal(p.standing, standing);
}

/* Who takes so long to get there that the grace is over gets a longer one. */
static void
decide_within_grace(struct office *o, const struct submission *in, struct outcome *out)
{
	int seconds = 1;
	do {
		define_rule(o, arena_printf(&o->arena,
					    "kind: Policy\nname: owners\nscope: global\n"
					    "enforcement: deny\ngrace: %d seconds\nvalidations:\n"
					    "  - {expression: 'product.owner != \"carol\"', "
					    "message: Not carol}\n",
					    seconds *= 2));
		*out = office_begin(o);
		assert_int_equal(
		    product_publish(o->governance, in, &o->arena, &o->violations, out, &o->e),
		    ERR_OK);
	} while (out->refusal.code != ERR_OK && seconds < 60);
}

/* Between its decision and its commit the grace ended for others, who were judged again. */
static void
a_grace_that_ended_before_its_event_was_there_is_found(void **state)
{
	struct office *o = *state;
	const struct submission late = office_paper(PRODUCT("sales.late"));
	assert_int_equal(office_publish_text(o, "name: sales.late\nowner: dave\ndomain: sales\n"
						"schema: [{name: id, type: STRING}]\n"
						"quality_checks: [{unique: id}]\n"),
			 ERR_OK);
	assert_int_equal(office_publish_text(o, PRODUCT("sales.early")), ERR_OK);
	struct standing *st = start(o);
	struct outcome out;
	decide_within_grace(o, &late, &out);
	await_standing(o, "sales.early", "violating");
	assert_int_equal(outcome_settle(o->governance, &out, &o->e), ERR_OK);
	await_standing(o, "sales.late", "violating");
	standing_stop(st);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)
	const struct CMUnitTest tests[] = {
	    T(products_of_before_are_judged_at_the_first_start),
	    T(of_two_at_once_nothing_happens_twice),
	    T(what_is_retired_is_passed_over),
	    T(what_happened_meanwhile_is_found_at_the_next_start),
	    T(what_concerned_nobody_is_noted_at_the_end),
	    T(a_grace_that_ended_before_its_event_was_there_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
