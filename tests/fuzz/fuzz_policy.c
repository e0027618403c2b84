/*
 * fuzz_policy.c -- policy documents: compiled, and what compiles judges a product.
 *
 *     POLICY in YAML
 *     ---
 *     PRODUCT in YAML      (or nothing: a usual one)
 *
 * What must hold: a document that does not compile is complained of, each time with a rule and a
 * message.  What compiles does so again from what it keeps, with the same hash.  Judging gives the
 * same verdict and the same complaints each time, within the limits, and so does explaining it; a
 * violated product has a complaint that names the policy.  Its tests and its cases can be run.
 */
#include "descriptor/descriptor.h"
#include "policy/explanation.h"
#include "policy/looks.h"
#include "policy/policy.h"

#include "fuzz.h"

enum { MOST_COST = 10500000 };

static const char base_document[] =
    "{kind: Policy, name: base, enforcement: deny,\n"
    " parameters: {minimum: {type: period, default: 7 years, stricter: longer},\n"
    "   columns: {type: integer, default: 3, stricter: lower, least: 1},\n"
    "   words: {type: list, default: [a, b], stricter: fewer}},\n"
    " validations: [{expression: 'retention(product) >= period(params.minimum)', message: m}]}";

static const char usual_product[] = "name: retail.accounts\n"
				    "owner: team\n"
				    "domain: retail\n"
				    "retention: 6 years\n"
				    "tags: [a, finance]\n"
				    "classification: confidential\n"
				    "schema:\n"
				    "  - {name: id, type: STRING, pii: true}\n"
				    "  - {name: balance, type: 'DECIMAL(18,2)', tags: [x]}\n";

static const char usual_facts[] = "{domain: {name: retail, tags: [finance]}, "
				  "published_at: '2026-01-01T00:00:00Z', quality: {score: 0.9}}";

static bool
read(const char *text, size_t length, struct arena *arena, struct node *ret_node)
{
	struct err e;
	return document_read(DOCUMENT_YAML, text, length, NULL, arena, ret_node, &e) == ERR_OK;
}

static void
check_complaints(const struct violations *v)
{
	MUST(v->count > 0);
	for (size_t i = 0; i < v->count; i++)
		MUST(v->items[i].message && v->items[i].message[0] != '\0' && v->items[i].rule);
}

static struct policy *
compile(const struct node *document, const struct policy *base, struct arena *arena)
{
	const struct policy_context context = {
	    .product = &descriptor_fields, .base = base, .since = 1780000000000000};
	struct violations complaints = {.arena = arena};
	struct policy *p = policy_compile(document, &context, &complaints);
	if (!p)
		check_complaints(&complaints);
	return p;
}

static bool
same_complaints(const struct violations *a, const struct violations *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].message, b->items[i].message) != 0 ||
		    strcmp(a->items[i].pointer, b->items[i].pointer) != 0)
			return false;
	return true;
}

static bool
is_against(struct verdict v)
{
	return v.outcome == POLICY_VIOLATED || v.outcome == POLICY_FAILED;
}

static void
check_judging(const struct policy *p, const struct policy_input *input, struct arena *arena)
{
	struct violations first = {.arena = arena}, second = {.arena = arena};
	struct verdict v = policy_judge(p, input, arena, &first);
	struct verdict again = policy_judge(p, input, arena, &second);
	MUST(v.outcome == again.outcome && v.cost == again.cost);
	MUST(v.enforcement == again.enforcement && v.grace_end == again.grace_end);
	MUST(v.cost <= MOST_COST);
	MUST(same_complaints(&first, &second));
	MUST(is_against(v) == (first.count > 0) || policy_question(p));
	for (size_t i = 0; i < first.count; i++)
		MUST(strcmp(first.items[i].policy, policy_name(p)) == 0);
}

static void
check_explaining(const struct policy *p, const struct policy_input *input, struct arena *arena)
{
	struct violations judged = {.arena = arena}, explained = {.arena = arena};
	struct explanation x;
	struct verdict v = policy_judge(p, input, arena, &judged);
	if (policy_question(p))
		return;
	policy_explain(p, input, arena, &explained, &x);
	MUST(x.verdict.outcome == v.outcome || v.cost * 3 > MOST_COST / 10);
	MUST(same_complaints(&judged, &explained) || v.cost * 3 > MOST_COST / 10);
	MUST(v.outcome != POLICY_NOT_CONCERNED || x.left_out || x.count > 0);
	explanation_done(&x);
}

static void
check_policy(const struct policy *p, const struct policy *base, const char *product,
	     struct arena *arena)
{
	struct node judged, facts;
	struct policy *again = compile(policy_root(p), base, arena);
	MUST(again != NULL);
	struct digest first = policy_hash(p), second = policy_hash(again);
	MUST(digest_equal(&first, &second));
	policy_destroy(again);
	MUST(read(usual_facts, strlen(usual_facts), arena, &facts));
	if (!read(product, strlen(product), arena, &judged) || judged.kind != NODE_MAP)
		MUST(read(usual_product, strlen(usual_product), arena, &judged));
	const struct policy_input input = {
	    .product = &judged, .facts = &facts, .now = 1790000000000000};
	check_judging(p, &input, arena);
	check_explaining(p, &input, arena);

	struct policy_test *tests;
	size_t count;
	policy_run_tests(p, arena, &tests, &count);
	for (size_t i = 0; i < count; i++)
		MUST(tests[i].name && tests[i].expected && tests[i].found && tests[i].why);
	policy_looks(p, arena, &count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node base_root, root;
	char *text = arena_bytes(&arena, data, size), *end = strstr(text, "\n---\n");
	const char *product = end ? end + strlen("\n---\n") : usual_product;
	size_t length = end ? (size_t)(end - text) : size;
	MUST(read(base_document, strlen(base_document), &arena, &base_root));
	if (!read(text, length, &arena, &root))
		return 0;
	struct policy *base = compile(&base_root, NULL, &arena);
	MUST(base != NULL);
	struct policy *p = compile(&root, base, &arena);
	if (p)
		check_policy(p, base, product, &arena);
	policy_destroy(p);
	policy_destroy(base);
	return 0;
}
