/*
 * The one way in, on a real catalog: the case study's product, and everything that must not pass.
 */
#include <pthread.h>

#include "office.h"

#define HEAD(domain)                                                                               \
	"name: retail.customer_accounts\n"                                                         \
	"owner: retail-data-team\n"                                                                \
	"domain: " domain "\n"
#define SCHEMA                                                                                     \
	"schema:\n"                                                                                \
	"  - {name: account_id, type: STRING, pii: true}\n"                                        \
	"  - {name: balance, type: \"DECIMAL(18,2)\", classification: confidential}\n"
#define ACCESS "access:\n  - {role: retail-analysts, level: read}\n"
#define CHECKS "quality_checks:\n  - unique: account_id\n"

#define GOOD   HEAD("retail-banking") SCHEMA ACCESS CHECKS

static void
a_new_product_is_created_as_1_0_0(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	assert_int_equal(o->status, 201);
	assert_string_equal(office_answer(o, "outcome"), "created");
	assert_string_equal(office_answer(o, "version"), "1.0.0");
	assert_int_equal(node_get(&o->answered, "verdicts")->count, 3);
}

static void
the_same_document_again_changes_nothing(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	uint64_t size = office_log_size(o);
	assert_int_equal(office_publish_text(o, "# a remark\n" GOOD), ERR_OK);
	assert_int_equal(o->status, 200);
	assert_string_equal(office_answer(o, "outcome"), "unchanged");
	assert_int_equal(office_log_size(o), size);
}

static void
one_document_that_breaks_all_three_rules_names_all_three(void **state)
{
	struct office *o = *state;
	uint64_t size = office_log_size(o);
	assert_int_equal(office_publish_text(o, HEAD("finance") SCHEMA), ERR_REFUSED);
	assert_int_equal(violations_denied(&o->violations), 3);
	const struct violation *pii = office_complaint(o, "PII data requires access controls");
	assert_non_null(pii);
	assert_int_equal(pii->at.line, 1);
	assert_int_equal(pii->at.column, 1);
	assert_non_null(office_complaint(o, "Financial data requires 7-year retention"));
	assert_non_null(office_complaint(o, "Quality checks required"));
	assert_int_equal(office_log_size(o), size + 1); /* the refusal itself */
}

static void
seven_years_are_asked_of_finance_and_compared_conservatively(void **state)
{
	struct office *o = *state;
	static const struct {
		const char *retention;
		enum err_code code;
	} cases[] = {
	    {"retention: 2555 days\n", ERR_REFUSED},
	    {"retention: 6 years\n", ERR_REFUSED},
	    {"retention: 7 years\n", ERR_OK},
	    {"retention: 84 months\n", ERR_OK},
	    {"retention: P7Y\n", ERR_OK},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = arena_printf(
		    &o->arena, "%s%s", HEAD("finance") SCHEMA ACCESS CHECKS, cases[i].retention);
		assert_int_equal(office_publish_text(o, text), cases[i].code);
	}
	const struct submission in = office_paper("name: treasury\ntags: [finance]\n");
	struct outcome out = office_begin(o);
	assert_int_equal(
	    domain_define(o->governance, "treasury", &in, &o->arena, &o->violations, &out, &o->e),
	    ERR_OK);
	assert_int_equal(outcome_settle(o->governance, &out, &o->e), ERR_OK);
	assert_int_equal(
	    office_publish_text(o, "name: treasury.positions\nowner: t\ndomain: treasury\n"
				   "schema: [{name: id, type: STRING}]\n" CHECKS),
	    ERR_MALFORMED); /* the check names a column that is not there */
	assert_int_equal(
	    office_publish_text(o, "name: treasury.positions\nowner: t\ndomain: treasury\n"
				   "schema: [{name: account_id, type: STRING}]\n" CHECKS),
	    ERR_REFUSED);
	assert_non_null(office_complaint(o, "Financial data requires 7-year retention"));
}

static void
a_breaking_change_raises_major_and_a_compatible_one_minor(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	assert_int_equal(office_publish_text(o, HEAD("retail-banking") SCHEMA
					     "  - {name: opened, type: DATE}\n" ACCESS CHECKS),
			 ERR_OK);
	assert_string_equal(office_answer(o, "version"), "1.1.0");
	assert_int_equal(office_publish_text(o, "description: accounts\n" GOOD), ERR_OK);
	assert_string_equal(office_answer(o, "version"), "2.0.0");
	assert_int_equal(office_publish_text(o, "description: all accounts\n" GOOD), ERR_OK);
	assert_string_equal(office_answer(o, "version"), "2.0.1");
}

static void
a_breaking_change_under_a_minor_version_is_refused_with_its_reasons(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	assert_int_equal(
	    office_publish_text(o, HEAD("retail-banking") "version: 1.1.0\n"
							  "schema:\n  - {name: account_id, type: "
							  "STRING, pii: true}\n" ACCESS CHECKS),
	    ERR_REFUSED);
	assert_non_null(strstr(o->e.message, "balance"));
}

static void
a_dry_run_stores_nothing(void **state)
{
	struct office *o = *state;
	struct submission in = office_paper(GOOD);
	uint64_t size = office_log_size(o);
	in.dry_run = true;
	assert_int_equal(office_publish(o, &in), ERR_OK);
	assert_string_equal(office_answer(o, "outcome"), "checked");
	assert_int_equal(office_log_size(o), size);
}

static void
a_command_with_a_key_happens_once(void **state)
{
	struct office *o = *state;
	struct submission in = office_paper(GOOD);
	in.idempotency_key = "k1";
	in.request = digest_of("one", 3);
	assert_int_equal(office_publish(o, &in), ERR_OK);
	uint64_t size = office_log_size(o);
	assert_int_equal(office_publish_text(o, "description: newer\n" GOOD), ERR_OK);

	/* The first command, sent again after a newer one: the same answer, and the newer one stays
	 * in force. */
	assert_int_equal(office_publish(o, &in), ERR_OK);
	assert_string_equal(office_answer(o, "outcome"), "created");
	assert_int_equal(o->status, 201);
	assert_int_equal(office_log_size(o), size + 1);

	in.request = digest_of("two", 3);
	assert_int_equal(office_publish(o, &in), ERR_CONFLICT);
}

static void
a_stale_if_match_is_refused(void **state)
{
	struct office *o = *state;
	struct submission in = office_paper(GOOD);
	in.if_match = "*";
	assert_int_equal(office_publish(o, &in), ERR_STALE);
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	in = office_paper("description: newer\n" GOOD);
	in.if_match = "\"1\", \"999\"";
	assert_int_equal(office_publish(o, &in), ERR_STALE);
	in.if_match =
	    arena_printf(&o->arena, "\"%lld\"", (long long)node_int(&o->answered, "event", 0));
	assert_int_equal(office_publish(o, &in), ERR_OK);
}

static void
a_publisher_may_not_take_a_product_out_of_anothers_domain(void **state)
{
	struct office *o = *state;
	static const char *const cards[] = {"cards", NULL};
	const struct actor thief = {.name = "thief", .role = ROLE_PUBLISHER, .domains = cards};
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	struct submission in = office_paper(HEAD("cards") SCHEMA ACCESS CHECKS);
	in.actor = &thief;
	assert_int_equal(office_publish(o, &in), ERR_FORBIDDEN);
	in = office_paper(GOOD);
	in.actor = &thief;
	assert_int_equal(office_publish(o, &in), ERR_FORBIDDEN);
}

static void
a_retired_product_can_be_published_again(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	const struct submission in = office_paper("");
	struct outcome out = office_begin(o);
	assert_int_equal(product_retire(o->governance, "retail.customer_accounts", "moved", &in,
					&o->arena, &out, &o->e),
			 ERR_OK);
	assert_int_equal(outcome_settle(o->governance, &out, &o->e), ERR_OK);
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	assert_string_equal(office_answer(o, "outcome"), "updated");
	assert_string_equal(office_answer(o, "version"), "1.0.1");
}

static void
text_that_is_no_yaml_is_refused_with_its_place(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, "name: a.b\nowner: [x\n"), ERR_MALFORMED);
	assert_int_equal(o->violations.count, 1);
	assert_string_equal(o->violations.items[0].rule, "syntax");
	assert_true(o->violations.items[0].at.line >= 2);
}

/* ---- decided twice: once beside others, and again when they were faster */

enum { RACES = 40 };

struct racer {
	struct office *o;
	pthread_barrier_t *start;
	bool defines; /* a policy; else publishes a product */
	struct arena arena;
	const char *outcome[RACES];
	size_t verdicts[RACES];
};

static void
race_once(struct racer *r, int round)
{
	CLEANUP(buf_done) struct buf answer = {0};
	struct violations violations = {.arena = &r->arena};
	struct outcome out = {.body = &answer};
	struct node answered;
	struct err e;
	const struct submission policy = office_paper(
	    arena_printf(&r->arena,
			 "kind: Policy\nname: of-the-day\nscope: global\nenforcement: audit\n"
			 "validations: [{expression: \"product.owner != '%d'\", message: No}]\n",
			 round));
	const struct submission product = office_paper(arena_printf(
	    &r->arena, "name: race.p%d\nowner: o\ndomain: d\n" SCHEMA ACCESS CHECKS, round));
	enum err_code code = r->defines ? policy_define(r->o->governance, "of-the-day", &policy,
							&r->arena, &violations, &out, &e)
					: product_publish(r->o->governance, &product, &r->arena,
							  &violations, &out, &e);
	assert_int_equal(code, ERR_OK);
	assert_int_equal(outcome_settle(r->o->governance, &out, &e), ERR_OK);
	assert_int_equal(document_read(DOCUMENT_JSON, answer.data, answer.length, NULL, &r->arena,
				       &answered, &e),
			 ERR_OK);
	const struct node *verdicts = node_get(&answered, "verdicts");
	r->outcome[round] = node_text(&answered, "outcome", "");
	r->verdicts[round] = verdicts ? verdicts->count : 0;
}

static void *
race(void *user)
{
	struct racer *r = user;
	for (int round = 0; round < RACES; round++) {
		pthread_barrier_wait(r->start);
		race_once(r, round);
	}
	return NULL;
}

/* Who comes second finds nothing to do, and has no verdicts: those of its first decision were by
 * rules that are gone. */
static void
of_two_who_publish_the_same_at_once_one_changes_nothing(void **state)
{
	pthread_barrier_t start;
	pthread_t threads[3];
	struct racer racers[3];
	pthread_barrier_init(&start, NULL, ARRAY_LEN(racers));
	for (size_t i = 0; i < ARRAY_LEN(racers); i++) {
		racers[i] = (struct racer){.o = *state, .start = &start, .defines = i == 2};
		assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(racers); i++)
		pthread_join(threads[i], NULL);
	for (int round = 0; round < RACES; round++) {
		const bool first = strcmp(racers[0].outcome[round], "created") == 0;
		const struct racer *winner = &racers[first ? 0 : 1], *other = &racers[first];
		assert_string_equal(winner->outcome[round], "created");
		assert_true(winner->verdicts[round] >= 3);
		assert_string_equal(other->outcome[round], "unchanged");
		assert_int_equal(other->verdicts[round], 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(racers); i++)
		arena_done(&racers[i].arena);
	pthread_barrier_destroy(&start);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)
	const struct CMUnitTest tests[] = {
	    T(a_new_product_is_created_as_1_0_0),
	    T(the_same_document_again_changes_nothing),
	    T(one_document_that_breaks_all_three_rules_names_all_three),
	    T(seven_years_are_asked_of_finance_and_compared_conservatively),
	    T(a_breaking_change_raises_major_and_a_compatible_one_minor),
	    T(a_breaking_change_under_a_minor_version_is_refused_with_its_reasons),
	    T(a_dry_run_stores_nothing),
	    T(a_command_with_a_key_happens_once),
	    T(a_stale_if_match_is_refused),
	    T(a_publisher_may_not_take_a_product_out_of_anothers_domain),
	    T(a_retired_product_can_be_published_again),
	    T(text_that_is_no_yaml_is_refused_with_its_place),
	    T(of_two_who_publish_the_same_at_once_one_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
