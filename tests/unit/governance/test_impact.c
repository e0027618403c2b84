/*
 * test_impact.c -- what a policy would do to more products than a page holds, for who takes it all,
 * slowly, or not at all.
 */
#include <pthread.h>
#include <time.h>

#include "governance/impact.h"

#include "office.h"

enum { PRODUCTS = 700 };

#define OWNED                                                                                      \
	"kind: Policy\n"                                                                           \
	"name: owned\n"                                                                            \
	"enforcement: deny\n"                                                                      \
	"validations:\n"                                                                           \
	"  - expression: product.owner == 'us'\n"                                                  \
	"    message: " MESSAGE "\n"
#define MESSAGE "It should be ours"

static void
publish_all(struct office *o)
{
	for (int n = 0; n < PRODUCTS; n++) {
		CLEANUP(arena_done) struct arena arena = {0};
		const struct submission in = office_paper(arena_printf(
		    &arena,
		    "{name: m.p%05d, owner: %s, domain: d%d, schema: [{name: id, type: STRING}],"
		    " quality_checks: [{unique: id}]}",
		    n * 7919 % 100000, n % 2 ? "us" : "them", n % 3));
		assert_int_equal(office_publish(o, &in), ERR_OK);
	}
}

static enum err_code
begin(struct office *o, const char *policy, struct impact_plan plan, struct impact **ret_impact)
{
	const struct submission in = office_paper(policy);
	plan.document = &in;
	o->violations = (struct violations){.arena = &o->arena};
	return impact_begin(o->governance, &plan, &o->arena, &o->violations, ret_impact, &o->e);
}

static void
rest(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* All lines; `slowly` lets the threads wait for it. */
static const char *
take_all(struct office *o, struct impact *i, bool slowly)
{
	struct buf text = {0};
	while (impact_take(i, &text))
		if (slowly)
			rest();
	const char *copy = arena_bytes(&o->arena, text.data, text.length);
	buf_done(&text);
	impact_end(i);
	return copy;
}

static struct node
line_at(struct office *o, const char **text)
{
	struct node line;
	const char *end = strchr(*text, '\n');
	assert_int_equal(document_read(DOCUMENT_JSON, *text, (size_t)(end - *text), NULL, &o->arena,
				       &line, &o->e),
			 ERR_OK);
	*text = end + 1;
	return line;
}

static void
expect_all_in_order(struct office *o, const char *text)
{
	const char *before = "";
	int products = 0;
	struct node line;
	do {
		line = line_at(o, &text);
		if (strcmp(node_text(&line, "kind", ""), "product") != 0)
			continue;
		const char *name = node_text(&line, "name", "");
		assert_true(strcmp(before, name) < 0);
		before = name;
		products++;
	} while (*text);
	assert_int_equal(products, PRODUCTS / 2);
	assert_string_equal(node_text(&line, "kind", ""), "summary");
	const struct node *totals = node_get(&line, "totals");
	assert_int_equal(node_int(totals, "products", 0), PRODUCTS);
	assert_int_equal(node_int(totals, "refused", 0), PRODUCTS / 2);
	assert_int_equal(node_get(&line, "by_domain")->count, 3);
}

static void
products_come_in_the_order_of_their_names_over_all_pages(void **state)
{
	struct office *o = *state;
	publish_all(o);
	for (int slowly = 0; slowly < 2; slowly++) {
		struct impact *i;
		assert_int_equal(begin(o, OWNED, (struct impact_plan){0}, &i), ERR_OK);
		expect_all_in_order(o, take_all(o, i, slowly));
	}
}

/* What is not taken does not grow: the threads wait. */
static void
a_slow_taker_makes_the_threads_wait(void **state)
{
	struct office *o = *state;
	struct impact *i;
	CLEANUP(buf_done) struct buf policy = {0};
	CLEANUP(buf_done) struct buf taken = {0};
	publish_all(o);
	buf_text(&policy, OWNED);
	policy.length--;
	for (int n = 0; n < 3000; n++)
		buf_text(&policy, ", and so on");
	buf_text(&policy, "\n");
	assert_int_equal(begin(o, policy.data, (struct impact_plan){0}, &i), ERR_OK);
	for (int n = 0; n < 300; n++)
		rest();
	assert_true(impact_take(i, &taken));
	assert_true(taken.length < (10 << 20));
	assert_null(strstr(taken.data, "\"summary\""));
	impact_end(i);
}

struct waiting {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool done;
	int asked, most;
	enum err_code code;
	struct err e;
	struct buf answer;
};

static bool
ask(void *user)
{
	struct waiting *w = user;
	pthread_mutex_lock(&w->lock);
	bool may = ++w->asked <= w->most;
	pthread_mutex_unlock(&w->lock);
	return may;
}

static void
note_done(void *user, struct impact *i)
{
	struct waiting *w = user;
	pthread_mutex_lock(&w->lock);
	w->code = impact_result(i, &w->answer, &w->e);
	impact_end(i);
	w->done = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void
wait_for(struct waiting *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->done)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

static void
one_answer_has_the_first_of_each_kind(void **state)
{
	struct office *o = *state;
	struct node answer;
	struct impact *ignored;
	struct waiting w = {.lock = PTHREAD_MUTEX_INITIALIZER,
			    .changed = PTHREAD_COND_INITIALIZER,
			    .most = 1000000};
	const struct impact_plan plan = {
	    .whole = true, .most = 5, .may_go_on = ask, .done = note_done, .user = &w};
	publish_all(o);
	assert_int_equal(begin(o, OWNED, plan, &ignored), ERR_OK);
	wait_for(&w);
	assert_int_equal(w.code, ERR_OK);
	assert_int_equal(document_read(DOCUMENT_JSON, w.answer.data, w.answer.length, NULL,
				       &o->arena, &answer, &o->e),
			 ERR_OK);
	const struct node *products = node_get(&answer, "products");
	assert_int_equal(products->count, 5);
	assert_string_equal(node_text(&products->items[0], "name", ""), "m.p00000");
	buf_done(&w.answer);
}

static void
it_ends_when_nobody_wants_it_any_more(void **state)
{
	struct office *o = *state;
	struct impact *ignored;
	struct waiting w = {
	    .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .most = 1};
	const struct impact_plan plan = {
	    .whole = true, .most = 5, .may_go_on = ask, .done = note_done, .user = &w};
	publish_all(o);
	assert_int_equal(begin(o, OWNED, plan, &ignored), ERR_OK);
	wait_for(&w);
	assert_int_equal(w.code, ERR_BUSY);
	assert_int_equal(w.answer.length, 0);
}

static void
two_at_a_time(void **state)
{
	struct office *o = *state;
	struct impact *impacts[IMPACTS_AT_ONCE], *one_more;
	CLEANUP(buf_done) struct buf policy = {0};
	publish_all(o);
	buf_text(&policy, OWNED);
	policy.length--;
	for (int n = 0; n < 3000; n++)
		buf_text(&policy, ", and so on");
	for (int n = 0; n < IMPACTS_AT_ONCE; n++)
		assert_int_equal(begin(o, policy.data, (struct impact_plan){0}, &impacts[n]),
				 ERR_OK);
	assert_int_equal(begin(o, OWNED, (struct impact_plan){0}, &one_more), ERR_BUSY);
	impact_end(impacts[0]);
	while (begin(o, OWNED, (struct impact_plan){0}, &one_more) != ERR_OK)
		rest();
	expect_all_in_order(o, take_all(o, one_more, false));
	impact_end(impacts[1]); /* and governance_destroy() waits for its threads */
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(products_come_in_the_order_of_their_names_over_all_pages),
	    HERE(a_slow_taker_makes_the_threads_wait),
	    HERE(one_answer_has_the_first_of_each_kind),
	    HERE(it_ends_when_nobody_wants_it_any_more),
	    HERE(two_at_a_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
