/*
 * Policy documents: what is refused and where, whom they concern, and what they say of a product.
 */
#include <stdlib.h>

#include "policy_text.h"

#define HEAD "kind: Policy\nname: a-policy\nenforcement: deny\n"
#define ONE(expression)                                                                            \
	"validations:\n  - expression: " expression                                                \
	"\n    message: It must hold\n    pointer: /owner\n"

static const char product_yaml[] =
    "name: retail.accounts\n"
    "domain: retail\n"
    "owner: team\n"
    "tags: [gdpr]\n"
    "schema:\n"
    "  - {name: id, type: STRING, classification: restricted, tags: secret}\n";

/* The first complaint as "line:column rule message". */
static void
is_refused(struct bench *b, const char *yaml, const char *wanted)
{
	assert_null(compile_policy(b, yaml));
	assert_true(b->violations.count > 0);
	violations_sort(&b->violations);
	const struct violation *v = &b->violations.items[0];
	const char *found =
	    arena_printf(&b->arena, "%u:%u %s %s", v->at.line, v->at.column, v->rule, v->message);
	assert_string_equal(found, wanted);
}

static struct verdict
judge_product(struct bench *b, const struct policy *p, const char *yaml)
{
	b->violations = (struct violations){.arena = &b->arena};
	const struct policy_input input = {.product = read_yaml(b, yaml, strlen(yaml))};
	return policy_judge(p, &input, &b->arena, &b->violations);
}

static void
has_outcome(struct bench *b, const char *policy, const char *product, enum policy_outcome wanted)
{
	struct policy *p = compile_policy(b, policy);
	assert_non_null(p);
	assert_string_equal(policy_outcome_name(judge_product(b, p, product).outcome),
			    policy_outcome_name(wanted));
	policy_destroy(p);
}

/* ---- documents ---- */

static void
a_policy_says_what_it_is(void **state)
{
	struct bench *b = *state;
	struct policy *p =
	    compile_policy(b, HEAD "description: why not\nscope: domain:retail\n" ONE("'1'"));
	assert_null(p);
	p = compile_policy(
	    b, HEAD "description: why not\nscope: domain:retail\n" ONE("has(product.owner)"));
	assert_non_null(p);
	assert_string_equal(policy_name(p), "a-policy");
	assert_string_equal(policy_scope(p), "domain:retail");
	assert_string_equal(policy_description(p), "why not");
	assert_int_equal(policy_enforcement(p), ENFORCE_DENY);
	assert_string_equal(enforcement_name(policy_enforcement(p)), "deny");
	policy_destroy(p);
}

static void
a_policy_without_scope_is_global_and_needs_no_description(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, HEAD ONE("has(product.owner)"));
	assert_non_null(p);
	assert_string_equal(policy_scope(p), "global");
	assert_null(policy_description(p));
	policy_destroy(p);
}

static void
mistakes_of_form_are_complained_of_where_they_stand(void **state)
{
	struct bench *b = *state;
	const char *rule = ONE("has(product.owner)");
	is_refused(b,
		   arena_printf(&b->arena, "%senforcment: deny\n%s",
				"kind: Policy\nname: a\nenforcement: deny\n", rule),
		   "4:1 unknown-key unknown key 'enforcment'");
	is_refused(
	    b, arena_printf(&b->arena, HEAD "scope: nowhere\n%s", rule),
	    "4:8 scope 'nowhere' is no scope: 'global', or 'domain:' and the name of a domain");
	is_refused(b, arena_printf(&b->arena, HEAD "match: {domains: ['a*b']}\n%s", rule),
		   "4:19 pattern 'a*b': a '*' can only stand at the end");
	is_refused(b, arena_printf(&b->arena, HEAD "parameters: [1]\n%s", rule),
		   "4:13 type expected a map, found a list");
	is_refused(b, HEAD "validations: []\n", "4:14 not-empty 'validations' must not be empty");
}

static void
a_list_of_match_is_bounded(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf tags = {0};
	for (int i = 0; i < 500; i++)
		buf_printf(&tags, "%st%d", i ? ", " : "", i);
	const char *rule = ONE("product.owner == 'us'");
	has_outcome(b, arena_printf(&b->arena, HEAD "match: {tags: [%s]}\n%s", tags.data, rule),
		    "{owner: us, tags: [t499]}", POLICY_SATISFIED);
	is_refused(b, arena_printf(&b->arena, HEAD "match: {tags: [%s, x]}\n%s", tags.data, rule),
		   "4:15 size 'tags' has at most 500 patterns, this one has 501; one with a '*' at "
		   "its end takes in all that begin so");
}

/* Else a long description, said by thousands of rules, would be all the memory that there is. */
static void
what_an_expression_says_is_cut(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf text = {0};
	for (int i = 0; i < 999; i++)
		buf_char(&text, 'x');
	struct policy *p = compile_policy(
	    b, HEAD "validations:\n  - {expression: 'false', message: no, messageExpression: "
		    "product.owner}\n");
	assert_non_null(p);
	judge_product(b, p, arena_printf(&b->arena, "{owner: %sy}", text.data));
	assert_string_equal(b->violations.items[0].message,
			    arena_printf(&b->arena, "%sy", text.data));
	judge_product(b, p, arena_printf(&b->arena, "{owner: %s\xC3\xA4}", text.data));
	assert_string_equal(b->violations.items[0].message,
			    arena_printf(&b->arena, "%s ...", text.data));
	policy_destroy(p);
}

static void
a_key_without_a_value_says_nothing(void **state)
{
	struct bench *b = *state;
	is_refused(b, HEAD "validations:\n",
		   "1:1 required 'validations' is missing: the conditions that must hold");
	is_refused(b, HEAD "tightens:\n",
		   "1:1 required 'validations' is missing: the conditions that must hold");
	is_refused(b, HEAD "engine: opa\nopa:\n",
		   "1:1 required 'opa' is missing: whom to ask, with the engine 'opa'");
	is_refused(
	    b, HEAD "scope: domain:retail\ntightens: another\nparameters:\n",
	    "1:1 required 'parameters' is missing: what a policy that tightens another is for");
	has_outcome(b, HEAD "tightens:\nopa:\n" ONE("has(product.owner)"), product_yaml,
		    POLICY_SATISFIED);
}

static void
a_mistake_in_an_expression_is_placed_in_the_document(void **state)
{
	struct bench *b = *state;
	const char *caret =
	    "there is no field 'retension'\nproduct.retension == ''\n        ^~~~~~~~~";
	is_refused(b, HEAD ONE("product.retension == ''"),
		   arena_printf(&b->arena, "5:25 expression %s", caret));
	assert_string_equal(b->violations.items[0].suggestion, "retention");
	assert_string_equal(b->violations.items[0].pointer, "/validations/0/expression");
	is_refused(b, HEAD ONE(">-\n      product.retension == ''"),
		   arena_printf(&b->arena, "6:15 expression %s", caret));
	is_refused(b, HEAD ONE("|\n      has(product.owner) &&\n      product.nme == ''"),
		   "7:15 expression there is no field 'nme'\nproduct.nme == ''\n        ^~~");
}

/* Stored by a Weft whose checker did not know of it yet. */
static void
a_stored_policy_with_such_a_mistake_fails_when_it_judges(void **state)
{
	struct bench *b = *state;
	const struct policy_context context = {.product = &product_table, .stored = true};
	const char *yaml = HEAD ONE("(!has(product.access)) || product.access.freshnes == ''");
	struct violations none = {.arena = &b->arena};
	struct policy *p = policy_compile(read_yaml(b, yaml, strlen(yaml)), &context, &none);
	assert_non_null(p);
	assert_int_equal(none.count, 0);
	assert_int_equal(judge_product(b, p, product_yaml).outcome, POLICY_SATISFIED);
	assert_int_equal(judge_product(b, p, "access: {freshness: 1 h}\n").outcome, POLICY_FAILED);
	assert_non_null(strstr(b->violations.items[0].message, "there is no 'freshnes'"));
	policy_destroy(p);
	yaml = HEAD ONE("product.access.freshness ==");
	assert_null(policy_compile(read_yaml(b, yaml, strlen(yaml)), &context, &none));
	assert_int_equal(none.count, 1);
}

static void
parameters_are_known_by_name_and_type(void **state)
{
	struct bench *b = *state;
	const char *parameters = "parameters: {minimum: 7 years, most: 3}\n";
	is_refused(
	    b, arena_printf(&b->arena, HEAD "%s" ONE("params.minimun == ''"), parameters),
	    "6:24 expression there is no field 'minimun'\nparams.minimun == ''\n       ^~~~~~~");
	is_refused(b, arena_printf(&b->arena, HEAD "%s" ONE("params.most == ''"), parameters),
		   "6:29 expression '==' does not go with (int, string)\nparams.most == ''\n       "
		   "     ^");
	has_outcome(b, arena_printf(&b->arena, HEAD "%s" ONE("params.most == 3"), parameters),
		    product_yaml, POLICY_SATISFIED);
}

static void
every_validation_that_is_wrong_is_complained_of(void **state)
{
	struct bench *b = *state;
	assert_null(compile_policy(b, HEAD "validations:\n"
					   "  - {expression: product.a, message: m}\n"
					   "  - {expression: product.name, message: m}\n"
					   "  - {expression: 'true', message: m}\n"));
	assert_int_equal(b->violations.count, 2);
	assert_string_equal(b->violations.items[1].pointer, "/validations/1/expression");
}

/* Variables that cannot be read are one mistake, not one for each use of them. */
static void
what_follows_from_another_mistake_is_not_complained_of(void **state)
{
	struct bench *b = *state;
	static const char *const variables[] = {
	    "variables: kept\n",
	    "variables: {kept: retention(product)}\n",
	    "variables: [{name: long-kept, expression: retention(product)}]\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		const char *yaml =
		    arena_printf(&b->arena, HEAD "%s" ONE("variables.long-kept == variables.kept"),
				 variables[i]);
		assert_null(compile_policy(b, yaml));
		assert_int_equal(b->violations.count, 1);
	}
}

/* Rows that no way of being stricter can compare: new ones are refused, old ones stay. */
static void
what_was_accepted_before_stays_what_it_is(void **state)
{
	struct bench *b = *state;
	static const char *const tables[] = {
	    "parameters: {t: {type: table, default: {a: 1 year, b: soon}, stricter: longer}}\n",
	    "parameters: {t: {type: table, default: {a: 1 year}, stricter: longer}}\n"
	    "values: [{scope: 'domain:x', set: {t: {a: soon}}}]\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const char *yaml =
		    arena_printf(&b->arena, HEAD "%s" ONE("has(params.t.a)"), tables[i]);
		assert_null(compile_policy(b, yaml));
		assert_string_equal(
		    b->violations.items[0].message,
		    "a row of the parameter 't' wants a length of time such as \"7 years\", not "
		    "'soon'");
		const struct policy_context before = {.product = &product_table, .accepted = true};
		struct policy *p =
		    policy_compile(read_yaml(b, yaml, strlen(yaml)), &before, &b->violations);
		assert_non_null(p);
		policy_destroy(p);
	}
}

static void
the_hash_is_of_the_canonical_form(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, HEAD ONE("has(product.owner)"));
	struct policy *same = compile_policy(
	    b, "{name: a-policy, enforcement: deny, kind: Policy, validations: [{pointer: "
	       "/owner, message: It must hold, expression: has(product.owner)}]}");
	struct policy *other = compile_policy(b, HEAD ONE("has(product.name)"));
	assert_true(p && same && other);
	struct digest hashes[] = {policy_hash(p), policy_hash(same), policy_hash(other)};
	assert_true(digest_equal(&hashes[0], &hashes[1]));
	assert_false(digest_equal(&hashes[0], &hashes[2]));
	policy_destroy(p);
	policy_destroy(same);
	policy_destroy(other);
}

/* ---- verdicts ---- */

static void
a_violation_carries_message_place_and_enforcement(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, HEAD ONE("product.owner == 'nobody'"));
	assert_non_null(p);
	struct verdict v = judge_product(b, p, product_yaml);
	assert_int_equal(v.outcome, POLICY_VIOLATED);
	assert_ptr_equal(v.policy, p);
	assert_true(v.cost > 0);
	policy_destroy(p);
	assert_int_equal(b->violations.count, 1);
	const struct violation *found = &b->violations.items[0];
	assert_string_equal(found->policy, "a-policy");
	assert_string_equal(found->rule, "a-policy");
	assert_string_equal(found->enforcement, "deny");
	assert_string_equal(found->message, "It must hold");
	assert_string_equal(found->pointer, "/owner");
	assert_int_equal(found->at.line, 3);
	assert_int_equal(found->at.column, 8);
}

static void
what_cannot_be_told_counts_as_violated_and_says_why(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, HEAD ONE("facts.quality.score > 3.0"));
	assert_non_null(p);
	assert_int_equal(judge_product(b, p, product_yaml).outcome, POLICY_FAILED);
	assert_string_equal(b->violations.items[0].message,
			    "It must hold (cannot be told: there is no 'quality')");
	policy_destroy(p);
	has_outcome(b, HEAD ONE("product.settings"), product_yaml, POLICY_FAILED);
	has_outcome(b, HEAD ONE("previous.name == 'x'"), product_yaml, POLICY_FAILED);
	has_outcome(b, HEAD ONE("previous == null"), product_yaml, POLICY_SATISFIED);
	has_outcome(b, HEAD ONE("upstream.all(u, u.known)"), product_yaml, POLICY_FAILED);
}

static void
an_expression_that_takes_too_long_fails(void **state)
{
	struct bench *b = *state;
	has_outcome(b,
		    HEAD ONE("cel.bind(x, [1,2,3,4,5,6,7,8,9,10], x.all(a, x.all(b, x.all(c, "
			     "x.all(d, x.all(e, x.all(f, true)))))))"),
		    product_yaml, POLICY_FAILED);
}

static void
many_validations_take_no_longer_than_a_few(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, HEAD "validations:\n");
	for (int i = 0; i < 200; i++)
		buf_text(&yaml,
			 "  - {message: slow, expression: \"cel.bind(x, [1,2,3,4,5,6,7,8,9,10], "
			 "x.all(a, x.all(b, x.all(c, x.all(d, x.all(e, x.all(f, true)))))))\"}\n");
	struct policy *p = compile_policy(b, yaml.data);
	assert_non_null(p);
	struct verdict verdict = judge_product(b, p, product_yaml);
	assert_int_equal(verdict.outcome, POLICY_FAILED);
	assert_int_equal(b->violations.count, 200);
	assert_true(verdict.cost < 12000000);
	policy_destroy(p);
}

static void
many_validations_take_no_more_memory_than_a_few(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, HEAD "validations:\n");
	for (int i = 0; i < 50; i++)
		buf_text(
		    &yaml,
		    "  - {message: large, expression: \"cel.bind(x, [1,2,3,4,5,6,7,8,9,10], "
		    "x.map(a, x.map(b, x.map(c, x.map(d, x.map(e, [{a: 1}, {b: 2}, {c: 3}]))))) "
		    "!= [])\"}\n");
	struct policy *p = compile_policy(b, yaml.data);
	assert_non_null(p);
	const size_t before = b->arena.used;
	assert_int_equal(judge_product(b, p, product_yaml).outcome, POLICY_FAILED);
	assert_int_equal(b->violations.count, 50);
	assert_true(b->arena.used - before < 80 << 20);
	assert_non_null(strstr(b->violations.items[0].message, "takes more than 16 MB of memory"));
	assert_non_null(strstr(b->violations.items[49].message, "takes more than 0 KB of memory"));
	policy_destroy(p);
}

static void
all_validations_are_judged(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(
	    b, HEAD "validations:\n"
		    "  - {expression: facts.quality.passed, message: first}\n"
		    "  - {expression: product.owner == '', message: second, name: owned}\n"
		    "  - {expression: product.owner != '', message: third}\n");
	assert_non_null(p);
	assert_int_equal(judge_product(b, p, product_yaml).outcome, POLICY_VIOLATED);
	assert_int_equal(b->violations.count, 2);
	assert_string_equal(b->violations.items[1].message, "second");
	assert_string_equal(b->violations.items[1].rule, "owned");
	policy_destroy(p);
}

static void
the_same_input_gives_the_same_verdict(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, HEAD ONE("product.schema.all(c, c.name.size() > 3)"));
	assert_non_null(p);
	struct verdict first = judge_product(b, p, product_yaml),
		       second = judge_product(b, p, product_yaml);
	assert_int_equal(first.outcome, second.outcome);
	assert_int_equal(first.cost, second.cost);
	policy_destroy(p);
}

static void
the_design_s_example_judges_personal_data(void **state)
{
	struct bench *b = *state;
	const char *policy = HEAD ONE(">-\n      !product.schema.exists(c, c.?pii.orValue(false)) "
				      "|| size(product.?access.orValue([])) > 0");
	has_outcome(b, policy, "schema: [{name: x, pii: true}]", POLICY_VIOLATED);
	has_outcome(b, policy, "schema: [{name: x, pii: false}, {name: y}]", POLICY_SATISFIED);
	has_outcome(b, policy, "{schema: [{name: x, pii: true}], access: [{role: r}]}",
		    POLICY_SATISFIED);
	has_outcome(b, policy, "name: x", POLICY_FAILED);
}

/* ---- whom it concerns ---- */

static void
concerns(struct bench *b, const char *narrowing, bool wanted)
{
	const char *policy =
	    arena_printf(&b->arena, HEAD "%s\n" ONE("has(product.owner)"), narrowing);
	has_outcome(b, policy, product_yaml, wanted ? POLICY_SATISFIED : POLICY_NOT_CONCERNED);
}

static void
a_policy_of_a_domain_concerns_only_its_products(void **state)
{
	struct bench *b = *state;
	concerns(b, "scope: global", true);
	concerns(b, "scope: domain:retail", true);
	concerns(b, "scope: domain:retail-banking", false);
	concerns(b, "scope: domain:ret", false);
}

static void
match_takes_names_beginnings_and_everything(void **state)
{
	struct bench *b = *state;
	concerns(b, "match: {domains: ['*']}", true);
	concerns(b, "match: {domains: ['ret*']}", true);
	concerns(b, "match: {domains: retail}", true);
	concerns(b, "match: {domains: [finance, 'b*']}", false);
	concerns(b, "match: {domains: ['*'], tags: [other]}", false);
	concerns(b, "match: {}", true);
}

static void
match_looks_at_the_product_and_its_columns(void **state)
{
	struct bench *b = *state;
	concerns(b, "match: {tags: [gdpr]}", true);
	concerns(b, "match: {tags: [secret]}", true);
	concerns(b, "match: {classifications: [restricted]}", true);
	concerns(b, "match: {classifications: [public, internal]}", false);
	concerns(b, "match: {statuses: [active]}", true);
	concerns(b, "match: {statuses: [draft, retired]}", false);
}

/* ---- tests inside ---- */

static void
tests_inside_a_policy_are_run_with_their_facts_and_time(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(
	    b,
	    HEAD ONE("facts.quality.score > 3.0 && previous.owner == product.owner && "
		     "upstream[0].name == 'a' "
		     "&& now.getFullYear() == 2026") "tests:\n"
						     "  - name: holds\n"
						     "    product: {owner: o}\n"
						     "    previous: {owner: o}\n"
						     "    facts: {quality: {score: 4.0}}\n"
						     "    upstream: [{name: a}]\n"
						     "    now: 2026-11-23\n"
						     "    expect: pass\n"
						     "  - {name: lacks facts, product: {owner: o}, "
						     "expect: deny}\n"
						     "  - {name: expects the wrong thing, product: "
						     "{owner: o}, expect: pass}\n"
						     "  - {name: expects another enforcement, "
						     "product: {owner: o}, expect: warn}\n");
	assert_non_null(p);
	struct policy_test *tests;
	size_t count;
	policy_run_tests(p, &b->arena, &tests, &count);
	assert_int_equal(count, 4);
	assert_true(tests[0].passed && tests[1].passed && !tests[2].passed && !tests[3].passed);
	assert_string_equal(tests[0].why, "");
	assert_string_equal(tests[2].expected, "pass");
	assert_string_equal(tests[2].found, "deny");
	assert_string_equal(tests[2].why, "It must hold");
	assert_int_equal(tests[2].at.line, 17);
	policy_destroy(p);
}

static void
the_reference_and_the_schema_can_be_written(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf functions = {0}, reference = {0};
	policy_function_reference(&functions);
	assert_non_null(strstr(functions.data, "has_personal_data"));
	field_reference(&policy_fields, "Policies", &reference);
	assert_non_null(strstr(reference.data, "expression"));
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_BENCH(a_policy_says_what_it_is),
	    WITH_BENCH(a_policy_without_scope_is_global_and_needs_no_description),
	    WITH_BENCH(mistakes_of_form_are_complained_of_where_they_stand),
	    WITH_BENCH(a_list_of_match_is_bounded),
	    WITH_BENCH(what_an_expression_says_is_cut),
	    WITH_BENCH(a_key_without_a_value_says_nothing),
	    WITH_BENCH(a_mistake_in_an_expression_is_placed_in_the_document),
	    WITH_BENCH(a_stored_policy_with_such_a_mistake_fails_when_it_judges),
	    WITH_BENCH(parameters_are_known_by_name_and_type),
	    WITH_BENCH(every_validation_that_is_wrong_is_complained_of),
	    WITH_BENCH(what_follows_from_another_mistake_is_not_complained_of),
	    WITH_BENCH(what_was_accepted_before_stays_what_it_is),
	    WITH_BENCH(the_hash_is_of_the_canonical_form),
	    WITH_BENCH(a_violation_carries_message_place_and_enforcement),
	    WITH_BENCH(what_cannot_be_told_counts_as_violated_and_says_why),
	    WITH_BENCH(an_expression_that_takes_too_long_fails),
	    WITH_BENCH(many_validations_take_no_longer_than_a_few),
	    WITH_BENCH(many_validations_take_no_more_memory_than_a_few),
	    WITH_BENCH(all_validations_are_judged),
	    WITH_BENCH(the_same_input_gives_the_same_verdict),
	    WITH_BENCH(the_design_s_example_judges_personal_data),
	    WITH_BENCH(a_policy_of_a_domain_concerns_only_its_products),
	    WITH_BENCH(match_takes_names_beginnings_and_everything),
	    WITH_BENCH(match_looks_at_the_product_and_its_columns),
	    WITH_BENCH(tests_inside_a_policy_are_run_with_their_facts_and_time),
	    cmocka_unit_test(the_reference_and_the_schema_can_be_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
