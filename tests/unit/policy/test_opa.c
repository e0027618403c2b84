/*
 * Policies that an Open Policy Agent decides: what it is told, and what its answers mean.
 */
#include <stdlib.h>

#include "policy_text.h"

#define HEAD    "kind: Policy\nname: kept-long\nenforcement: deny\n"
#define ASKS    "engine: opa\nopa: {url: \"http://127.0.0.1:8181/\", path: weft/retention}\n"
#define ADDRESS "'http://127.0.0.1:8181/v1/data/weft/retention'"
#define UNTOLD  "whether the policy 'kept-long' is kept cannot be told: "

static const char product_yaml[] = "name: retail.accounts\n"
				   "domain: retail\n"
				   "owner: team\n";

/* An agent that answers with what the test says, and keeps what it was asked. */
struct agent {
	struct bench *bench;
	const char *result; /* as JSON; NULL: undefined */
	const char *decision_id;
	const char *problem; /* or NULL: there is an answer */
	const char *input;
	unsigned asked;
};

static enum err_code
answer(void *asker, const struct policy *p, const char *input, size_t length,
       struct policy_answer *ret_answer, struct err *e)
{
	struct agent *a = asker;
	a->asked++;
	a->input = arena_bytes(&a->bench->arena, input, length);
	assert_string_equal(policy_question_address(policy_question(p), &a->bench->arena),
			    "http://127.0.0.1:8181/v1/data/weft/retention");
	if (a->problem)
		return ERR(e, TIMEOUT, "%s", a->problem);
	ret_answer->decision_id = a->decision_id;
	if (a->result)
		ret_answer->result = read_yaml(a->bench, a->result, strlen(a->result));
	return ERR_OK;
}

static struct verdict
judge_by(struct bench *b, const char *policy, struct agent *agent)
{
	struct policy *p = compile_policy(b, policy);
	if (!p)
		fail_msg("%s", b->violations.items[0].message);
	assert_int_equal(policy_needs(p) & POLICY_NEEDS_OPA, POLICY_NEEDS_OPA);
	const struct policy_input input = {
	    .product = read_yaml(b, product_yaml, strlen(product_yaml)),
	    .ask = agent ? answer : NULL,
	    .asker = agent,
	};
	if (agent)
		agent->bench = b;
	struct verdict v = policy_judge(p, &input, &b->arena, &b->violations);
	policy_destroy(p);
	return v;
}

static void
answered(struct bench *b, const char *result, enum policy_outcome outcome, const char *messages)
{
	struct agent agent = {.result = result};
	struct verdict v = judge_by(b, HEAD ASKS, &agent);
	const char *found = "";
	for (size_t i = 0; i < b->violations.count; i++)
		found = arena_printf(&b->arena, "%s%s%s", found, i ? "|" : "",
				     b->violations.items[i].message);
	assert_string_equal(found, messages);
	assert_string_equal(policy_outcome_name(v.outcome), policy_outcome_name(outcome));
	assert_int_equal(agent.asked, 1);
}

/* ---- what it is told ---- */

static void
it_is_told_everything(void **state)
{
	struct bench *b = *state;
	struct agent agent = {.bench = b, .result = "true"};
	struct policy *p = compile_policy(
	    b, HEAD ASKS "parameters: {minimum: 7 years}\n"
			 "values: [{scope: \"domain:retail\", set: {minimum: 8 years}}]\n");
	static const char facts[] = "{domain: {name: retail, tags: [a]}}", upstream[] = "[]";
	static const char previous[] = "{name: retail.accounts, owner: \"caf\\u00e9\"}";
	const struct policy_input input = {
	    .product = read_yaml(b, product_yaml, strlen(product_yaml)),
	    .previous = read_yaml(b, previous, strlen(previous)),
	    .facts = read_yaml(b, facts, strlen(facts)),
	    .upstream = read_yaml(b, upstream, strlen(upstream)),
	    .now = 1000000,
	    .ask = answer,
	    .asker = &agent,
	};
	policy_judge(p, &input, &b->arena, &b->violations);
	assert_string_equal(
	    agent.input,
	    "{\"product\":{\"domain\":\"retail\",\"name\":\"retail.accounts\",\"owner\":\"team\"},"
	    "\"previous\":{\"name\":\"retail.accounts\",\"owner\":\"caf\xc3\xa9\"},"
	    "\"upstream\":[],\"facts\":{\"domain\":{\"name\":\"retail\",\"tags\":[\"a\"]}},"
	    "\"params\":{\"minimum\":\"8 years\"},\"now\":\"1970-01-01T00:00:01.000000Z\"}");
	policy_destroy(p);
}

static void
what_is_not_known_is_null_or_empty(void **state)
{
	struct agent agent = {.result = "true"};
	judge_by(*state, HEAD ASKS, &agent);
	assert_string_equal(
	    agent.input,
	    "{\"product\":{\"domain\":\"retail\",\"name\":\"retail.accounts\",\"owner\":\"team\"},"
	    "\"previous\":null,\"upstream\":null,\"facts\":{},\"params\":{},"
	    "\"now\":\"1970-01-01T00:00:00.000000Z\"}");
}

static void
only_of_products_that_are_concerned(void **state)
{
	struct bench *b = *state;
	static const char *const others[] = {
	    HEAD ASKS "scope: domain:trading\n",
	    HEAD ASKS "match: {domains: [trading]}\n",
	    HEAD ASKS "match: {condition: product.owner == 'other'}\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct agent agent = {.result = "false"};
		assert_int_equal(judge_by(b, others[i], &agent).outcome, POLICY_NOT_CONCERNED);
		assert_int_equal(agent.asked, 0);
	}
	struct agent agent = {.result = "false"};
	struct verdict v =
	    judge_by(b, HEAD ASKS "match: {condition: product.owner == 'team'}\n", &agent);
	assert_int_equal(v.outcome, POLICY_VIOLATED);
	assert_true(v.cost > 0);
}

/* ---- what it answers ---- */

static void
true_or_false(void **state)
{
	struct bench *b = *state;
	answered(b, "true", POLICY_SATISFIED, "");
	answered(b, "false", POLICY_VIOLATED,
		 "The policy 'kept-long' allows it (not so, says the Open Policy Agent at " ADDRESS
		 ")");
	struct agent agent = {.result = "false"};
	judge_by(b, HEAD "description: Products are kept for long\n" ASKS, &agent);
	assert_string_equal(b->violations.items[0].message,
			    "Products are kept for long (not so, says the Open Policy Agent "
			    "at " ADDRESS ")");
	assert_string_equal(b->violations.items[0].policy, "kept-long");
	assert_string_equal(b->violations.items[0].rule, "kept-long");
	assert_string_equal(b->violations.items[0].enforcement, "deny");
}

static void
a_list_of_violations(void **state)
{
	struct bench *b = *state;
	answered(b, "[]", POLICY_SATISFIED, "");
	answered(b, "[\"Too short\", {\"msg\": \"No owner\"}]", POLICY_VIOLATED,
		 "Too short|No owner");
	struct agent agent = {
	    .result = "[{\"message\": \"Whose?\", \"rule\": \"owner\", \"pointer\": \"/owner\"},"
		      " {\"message\": \"Where?\", \"pointer\": \"nowhere\"}]"};
	judge_by(b, HEAD ASKS, &agent);
	assert_string_equal(b->violations.items[0].rule, "owner");
	assert_string_equal(b->violations.items[0].pointer, "/owner");
	assert_int_equal(b->violations.items[0].at.line, 3);
	assert_string_equal(b->violations.items[1].pointer, "");
}

static void
a_map(void **state)
{
	struct bench *b = *state;
	answered(b, "{\"allow\": true}", POLICY_SATISFIED, "");
	answered(b, "{\"allow\": true, \"violations\": [], \"helper\": 3}", POLICY_SATISFIED, "");
	answered(b, "{\"deny\": []}", POLICY_SATISFIED, "");
	answered(b, "{\"violations\": [\"a\"], \"deny\": [\"b\"]}", POLICY_VIOLATED, "a|b");
	answered(b, "{\"allow\": false, \"violations\": [\"a\"]}", POLICY_VIOLATED, "a");
	answered(b, "{\"allow\": true, \"deny\": [\"a\"]}", POLICY_VIOLATED, "a");
	answered(b, "{\"allow\": false, \"violations\": []}", POLICY_VIOLATED,
		 "The policy 'kept-long' allows it (not so, says the Open Policy Agent at " ADDRESS
		 ")");
}

static void
anything_else_fails(void **state)
{
	struct bench *b = *state;
#define SAID UNTOLD "the Open Policy Agent at " ADDRESS " answered with "
	answered(b, NULL, POLICY_FAILED, SAID "no result: nothing is defined there");
	answered(b, "null", POLICY_FAILED,
		 SAID
		 "nothing; expected true or false, a list of violations, or a map of 'allow' and "
		 "'violations'");
	answered(b, "\"true\"", POLICY_FAILED,
		 SAID
		 "a text; expected true or false, a list of violations, or a map of 'allow' and "
		 "'violations'");
	answered(b, "{}", POLICY_FAILED, SAID "a map without 'allow', 'violations' and 'deny'");
	answered(b, "{\"allow\": \"yes\"}", POLICY_FAILED,
		 SAID "a text as 'allow', not true or false");
	answered(b, "{\"allow\": true, \"deny\": {\"a\": 1}}", POLICY_FAILED,
		 SAID "a map where the list of violations should be");
	answered(b, "[\"a\", 7]", POLICY_FAILED,
		 SAID "a violation that is neither a text nor a map with a 'message'");
	answered(b, "[\"\"]", POLICY_FAILED,
		 SAID "a violation that is neither a text nor a map with a 'message'");
}

static void
no_answer_fails(void **state)
{
	struct bench *b = *state;
	struct agent agent = {.problem = "it sleeps"};
	struct verdict v = judge_by(b, HEAD ASKS, &agent);
	assert_int_equal(v.outcome, POLICY_FAILED);
	assert_string_equal(b->violations.items[0].message, UNTOLD "it sleeps");
	assert_string_equal(b->violations.items[0].enforcement, "deny");

	v = judge_by(b, HEAD ASKS, NULL);
	assert_int_equal(v.outcome, POLICY_FAILED);
	assert_string_equal(b->violations.items[0].message,
			    UNTOLD "the Open Policy Agent at " ADDRESS
				   " decides, and only a server asks it");
}

static void
of_many_violations_some_are_said(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf result = {0};
	buf_text(&result, "[");
	for (int i = 0; i < 1000; i++)
		buf_printf(&result, "%s\"v%d\"", i ? "," : "", i);
	buf_text(&result, "]");
	struct agent agent = {.result = result.data};
	judge_by(b, HEAD ASKS, &agent);
	assert_int_equal(b->violations.count, 100);
	assert_string_equal(b->violations.items[98].message, "v98");
	assert_string_equal(b->violations.items[99].message, "... and 901 more");

	buf_clear(&result);
	buf_text(&result, "[\"");
	for (int i = 0; i < 3000; i++)
		buf_text(&result, "\xc3\xa9");
	buf_text(&result, "\"]");
	agent.result = result.data;
	judge_by(b, HEAD ASKS, &agent);
	assert_int_equal(strlen(b->violations.items[0].message), 1000 + 4);
}

static void
the_verdict_says_what_the_agent_calls_it(void **state)
{
	struct agent agent = {.result = "true", .decision_id = "6f6f"};
	assert_string_equal(judge_by(*state, HEAD ASKS, &agent).decision_id, "6f6f");
	assert_int_equal(agent.asked, 1);
}

/* ---- documents ---- */

static void
refused(struct bench *b, const char *yaml, const char *rule, const char *pointer)
{
	assert_null(compile_policy(b, yaml));
	assert_string_equal(b->violations.items[0].rule, rule);
	assert_string_equal(b->violations.items[0].pointer, pointer);
}

static void
a_question_is_checked_when_it_is_stored(void **state)
{
	struct bench *b = *state;
#define OPA(text) HEAD "engine: opa\nopa: {" text "}\n"
	static const char *const urls[] = {"ftp://a",     "http://",    "http://a@b",
					   "http://a/?b", "http://a b", "a.b"};
	static const char *const paths[] = {"/a", "a/",  "a//b", "a/../b",
					    ".",  "a?b", "a b",  "a%2fb"};
	static const char *const deadlines[] = {"11 seconds", "1 day", "1 year", "0 seconds"};
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		refused(b, arena_printf(&b->arena, OPA("url: \"%s\", path: a"), urls[i]), "url",
			"/opa/url");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		refused(b,
			arena_printf(&b->arena, OPA("url: \"http://a\", path: \"%s\""), paths[i]),
			"path", "/opa/path");
	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++)
		refused(b,
			arena_printf(&b->arena, OPA("url: \"http://a\", path: a, deadline: %s"),
				     deadlines[i]),
			"deadline", "/opa/deadline");
	refused(b, HEAD ASKS "validations: [{expression: 'true', message: m}]\n", "parts",
		"/validations");
	refused(b, HEAD "engine: opa\n", "required", "");
}

static void
within_its_grace_it_warns(void **state)
{
	struct bench *b = *state;
	static const struct policy_context context = {.product = &product_table,
						      .since = 10 * INT64_C(86400000000)};
	static const char yaml[] = HEAD ASKS "grace: 30 days\n";
	static const char facts[] = "{published_at: \"1970-01-02T00:00:00Z\"}";
	struct agent agent = {.bench = b, .result = "[\"Too short\"]"};
	struct policy *p =
	    policy_compile(read_yaml(b, yaml, strlen(yaml)), &context, &b->violations);
	const struct policy_input input = {
	    .product = read_yaml(b, product_yaml, strlen(product_yaml)),
	    .facts = read_yaml(b, facts, strlen(facts)),
	    .now = 11 * INT64_C(86400000000),
	    .ask = answer,
	    .asker = &agent,
	};
	struct verdict v = policy_judge(p, &input, &b->arena, &b->violations);
	assert_int_equal(v.enforcement, ENFORCE_WARN);
	assert_string_equal(b->violations.items[0].message,
			    "Too short (refused from 1970-02-10 on)");
	policy_destroy(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
	    TEST(it_is_told_everything),
	    TEST(what_is_not_known_is_null_or_empty),
	    TEST(only_of_products_that_are_concerned),
	    TEST(true_or_false),
	    TEST(a_list_of_violations),
	    TEST(a_map),
	    TEST(anything_else_fails),
	    TEST(no_answer_fails),
	    TEST(of_many_violations_some_are_said),
	    TEST(the_verdict_says_what_the_agent_calls_it),
	    TEST(a_question_is_checked_when_it_is_stored),
	    TEST(within_its_grace_it_warns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
