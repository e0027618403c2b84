/*
 * policy_cases.c -- running cases: an ordinary judgement each, by values of its own where it has
 * some.
 */
#include "policy_cases.h"

#include <string.h>

#include "case_run.h"
#include "match.h"
#include "watched.h"

/* ---- the document ---- */

static const char *const kinds[] = {"PolicyCases", NULL};

struct cases_document {
	int kind;
	struct policy_cases cases;
};

// clang-format off
#define CASES(member) offsetof(struct cases_document, member)

static const struct field fields[] = {
	{"kind",        FIELD_WORD, CASES(kind),         FIELD_REQUIRED, .words = kinds, .help = "Always `PolicyCases`", .example = "PolicyCases"},
	{"policy",      FIELD_TEXT, CASES(cases.policy), FIELD_REQUIRED | FIELD_NOT_EMPTY, .help = "The policy that they are for", .example = "financial-data-retention"},
	{"cases",       FIELD_LIST, CASES(cases.items),  FIELD_REQUIRED | FIELD_NOT_EMPTY, .of = &policy_test_fields, .help = "Products and the verdicts that they must get"},
	{0},
};
// clang-format on

const struct field_set policy_cases_fields = {
    "policy cases",
    sizeof(struct cases_document),
    fields,
    .extensions = true,
    .help = "Tests of a policy in a file of their own.",
};

bool
policy_cases_is(const struct node *document)
{
	return strcmp(node_text(document, "kind", ""), kinds[0]) == 0;
}

bool
policy_cases_decode(const struct node *document, struct arena *arena, struct violations *violations,
		    struct policy_cases *ret_cases)
{
	struct field_context context = {.arena = arena, .violations = violations, .pointer = ""};
	struct cases_document d;
	bool sound = field_decode(&policy_cases_fields, document, &context, &d);
	*ret_cases = d.cases;
	return sound;
}

struct policy_cases
policy_own_cases(const struct policy *p)
{
	return (struct policy_cases){p->document.name, p->document.tests};
}

/* ---- running ---- */

static struct verdict
fails(const struct policy *p)
{
	return (struct verdict){
	    .policy = p, .outcome = POLICY_FAILED, .enforcement = policy_enforcement(p)};
}

/* By values of the case's own. */
static struct verdict
judge_by_values(const struct policy *p, const struct node *values, const struct policy_input *input,
		struct violations *violations)
{
	struct edition own = {0};
	const struct edition_request request = {.document = p->rules,
						.root = p->rules_root,
						.product = p->product,
						.scope = "the case",
						.parameters = values,
						.stored = p->stored};
	struct verdict verdict = fails(p);
	if (edition_compile(&own, &request, violations->arena, violations))
		verdict = match_concerns(p->document.scope, &p->rules->match, input->product)
			      ? policy_judge_by(p, &own, input, NULL, violations->arena, violations)
			      : (struct verdict){.policy = p, .enforcement = policy_enforcement(p)};
	edition_done(&own);
	return verdict;
}

struct policy_input
case_input(const struct test_case *t)
{
	struct policy_input input = {
	    .product = t->product,
	    .previous = t->previous,
	    .upstream = t->upstream,
	    .facts = t->facts,
	};
	if (t->now)
		clock_parse(t->now, &input.now);
	return input;
}

struct verdict
case_judge(const struct policy *p, const struct test_case *t, const struct policy_input *input,
	   struct violations *violations)
{
	if (!t->parameters)
		return policy_judge(p, input, violations->arena, violations);
	const char *domain = node_text(input->product, "domain", "");
	const struct node *values =
	    policy_values(p, domain, t->parameters, violations->arena, violations);
	return values ? judge_by_values(p, values, input, violations) : fails(p);
}

const char *
case_found(const struct verdict *v)
{
	bool refused = v->outcome == POLICY_VIOLATED || v->outcome == POLICY_FAILED;
	return refused ? enforcement_name(v->enforcement) : "pass";
}

static const char *
join_messages(const struct violations *violations, struct arena *arena)
{
	const char *text = "";
	for (size_t i = 0; i < violations->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? "; " : "",
				    violations->items[i].message);
	return text;
}

/* What it works with goes at its end; `steps` grows by what it cost. */
static struct policy_test
run(const struct policy *p, const struct test_case *t, struct arena *arena, uint64_t *steps)
{
	CLEANUP(arena_done) struct arena scratch = {0};
	struct violations violations = {.arena = &scratch};
	const struct policy_input input = case_input(t);
	struct verdict verdict = case_judge(p, t, &input, &violations);
	*steps += verdict.cost;
	struct policy_test result = {
	    .name = t->name,
	    .at = t->at,
	    .expected = policy_expectations[t->expect],
	    .found = case_found(&verdict),
	    .why = join_messages(&violations, arena),
	};
	result.passed = strcmp(result.expected, result.found) == 0;
	return result;
}

static struct policy_test
leave_out(const struct test_case *t, struct arena *arena)
{
	return (struct policy_test){
	    .name = t->name,
	    .at = t->at,
	    .expected = policy_expectations[t->expect],
	    .found = "nothing",
	    .why =
		arena_printf(arena, "it was not run, since those before it took more than %d steps",
			     CASES_MOST_STEPS),
	};
}

struct policy_test *
policy_run_cases(const struct policy *p, const struct policy_cases *cases, struct arena *arena)
{
	const struct test_case *items = cases->items.items;
	struct policy_test *tests = ARENA_ARRAY(arena, struct policy_test, cases->items.count);
	uint64_t steps = 0;
	for (size_t i = 0; i < cases->items.count; i++)
		tests[i] = steps <= CASES_MOST_STEPS ? run(p, &items[i], arena, &steps)
						     : leave_out(&items[i], arena);
	return tests;
}

void
policy_run_tests(const struct policy *p, struct arena *arena, struct policy_test **ret_tests,
		 size_t *ret_count)
{
	const struct policy_cases own = policy_own_cases(p);
	*ret_tests = policy_run_cases(p, &own, arena);
	*ret_count = own.items.count;
}
