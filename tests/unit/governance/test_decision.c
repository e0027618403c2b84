/*
 * What the log keeps of a decision: all that is needed to make it again, also of a refusal.
 */
#include "policy/policy.h"

#include "office.h"

#define HEAD   "name: sales.orders\nowner: sales\ndomain: sales\n"
#define SCHEMA "schema: [{name: id, type: STRING}, {name: who, type: STRING, pii: true}]\n"
#define ACCESS "access: [{role: analysts, level: read}]\n"
#define CHECKS "quality_checks: [{unique: id}]\n"
#define GOOD   HEAD SCHEMA ACCESS CHECKS
#define OPEN   HEAD SCHEMA CHECKS /* personal data that anybody may read */

/* The newest event, which must be of this kind, and its body. */
static struct event
newest_event(struct office *o, const char *kind, struct node *ret_body)
{
	struct session *s = NULL;
	struct event ev;
	assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
	assert_int_equal(event_get(s, size_of_log(s), &o->arena, &ev, &o->e), ERR_OK);
	session_end(&s);
	assert_string_equal(ev.kind, kind);
	assert_int_equal(
	    document_read(DOCUMENT_JSON, ev.body, ev.body_length, NULL, &o->arena, ret_body, &o->e),
	    ERR_OK);
	return ev;
}

static void
assert_has_basis(const struct node *body, int64_t previous)
{
	const struct node *decision = node_get(body, "decision");
	const struct node *facts = node_get(decision, "facts");
	moment now = 0;
	assert_non_null(decision);
	assert_true(clock_parse(node_text(decision, "now", ""), &now));
	assert_true(now > 0);
	assert_int_equal(node_int(decision, "judge", 0), JUDGE_VERSION);
	assert_int_equal(node_int(decision, "previous", 0), previous);
	assert_string_equal(node_text(node_get(facts, "domain"), "name", ""), "sales");
	assert_int_equal(node_get(decision, "upstream")->kind, NODE_LIST);
	assert_int_equal(node_get(body, "verdicts")->count, 3);
}

static void
a_publish_keeps_its_facts_and_what_was_in_force_before(void **state)
{
	struct office *o = *state;
	struct node body;
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	struct event first = newest_event(o, "product.published", &body);
	assert_has_basis(&body, 0);
	assert_int_equal(node_get(node_get(&body, "decision"), "previous")->kind, NODE_NULL);
	assert_int_equal(office_publish_text(o, GOOD "description: all\n"), ERR_OK);
	newest_event(o, "product.published", &body);
	assert_has_basis(&body, (int64_t)first.seq);
}

static void
a_refusal_keeps_the_same_and_what_was_answered(void **state)
{
	struct office *o = *state;
	struct node body;
	assert_int_equal(office_publish_text(o, OPEN), ERR_REFUSED);
	struct event ev = newest_event(o, "product.refused", &body);
	const struct node *problem = node_get(&body, "problem");
	assert_string_equal(ev.subject, "sales.orders");
	assert_string_equal(ev.actor, "council");
	assert_string_equal(node_text(&body, "source", ""), OPEN);
	assert_int_equal(strlen(node_text(&body, "hash", "")), DIGEST_TEXT_SIZE - 1);
	assert_has_basis(&body, 0);
	assert_int_equal(node_get(&body, "violations")->count, 1);
	assert_int_equal(node_int(problem, "status", 0), 422);
	assert_string_equal(node_text(problem, "detail", ""), o->e.message);
}

static void
nothing_of_a_refused_product_is_there(void **state)
{
	struct office *o = *state;
	struct session *s = NULL;
	struct product p;
	assert_int_equal(office_publish_text(o, OPEN), ERR_REFUSED);
	assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
	assert_int_equal(product_get(s, "sales.orders", &o->arena, &p, &o->e), ERR_NOT_FOUND);
	session_end(&s);
	assert_int_equal(office_publish_text(o, GOOD), ERR_OK);
	assert_string_equal(office_answer(o, "outcome"), "created");
}

static void
what_is_malformed_forbidden_or_tried_out_is_no_decision(void **state)
{
	struct office *o = *state;
	static const char *const cards[] = {"cards", NULL};
	const struct actor stranger = {.name = "s", .role = ROLE_PUBLISHER, .domains = cards};
	struct submission in = office_paper(OPEN);
	uint64_t size = office_log_size(o);
	in.dry_run = true;
	assert_int_equal(office_publish(o, &in), ERR_REFUSED);
	in = office_paper(OPEN);
	in.actor = &stranger;
	assert_int_equal(office_publish(o, &in), ERR_FORBIDDEN);
	assert_int_equal(office_publish_text(o, "name: 5\n"), ERR_MALFORMED);
	assert_int_equal(office_log_size(o), size);
}

static void
a_refusal_with_a_key_happens_once_and_is_said_again(void **state)
{
	struct office *o = *state;
	char first[sizeof o->e.message];
	struct submission in = office_paper(OPEN);
	in.idempotency_key = "k1";
	in.request = digest_of("one", 3);
	assert_int_equal(office_publish(o, &in), ERR_REFUSED);
	memcpy(first, o->e.message, sizeof first);
	uint64_t size = office_log_size(o);

	assert_int_equal(office_publish(o, &in), ERR_REFUSED);
	assert_string_equal(o->e.message, first);
	assert_int_equal(o->violations.count, 1);
	assert_string_equal(o->violations.items[0].pointer, "/access");
	assert_int_equal(office_log_size(o), size);

	in.request = digest_of("two", 3);
	assert_int_equal(office_publish(o, &in), ERR_CONFLICT);
	assert_int_equal(office_log_size(o), size);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)
	const struct CMUnitTest tests[] = {
	    T(a_publish_keeps_its_facts_and_what_was_in_force_before),
	    T(a_refusal_keeps_the_same_and_what_was_answered),
	    T(nothing_of_a_refused_product_is_there),
	    T(what_is_malformed_forbidden_or_tried_out_is_no_decision),
	    T(a_refusal_with_a_key_happens_once_and_is_said_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
