/*
 * fuzz_agent_answer.c -- what an Open Policy Agent answers: the first byte is the status, the rest
 * the body.
 *
 * Whatever it says, the policy is satisfied without a complaint, or it is not and there are some:
 * few, short, and such that they can be written into an event and read again.
 */
#include <string.h>

#include "base/json.h"

#include "agent_answer.h"
#include "fuzz.h"

static const char policy_yaml[] = "kind: Policy\nname: asked\nenforcement: deny\nengine: opa\n"
				  "opa: {url: \"http://127.0.0.1:8181\", path: asked}\n";

static const struct field_set any_product = {"product", .extensions = true};

static enum err_code
answer(void *asker, const struct policy *p, const char *input, size_t length,
       struct policy_answer *ret_answer, struct err *e)
{
	const struct fetch_response *response = asker;
	static struct arena arena;
	(void)input, (void)length;
	arena_reset(&arena);
	return agent_answer_read(policy_question_address(policy_question(p), &arena), response,
				 &arena, ret_answer, e);
}

static struct policy *
compile(void)
{
	static struct policy *p;
	CLEANUP(arena_done) struct arena arena = {0};
	struct violations none = {.arena = &arena};
	const struct policy_context context = {.product = &any_product};
	struct node root;
	struct err e;
	if (p)
		return p;
	MUST(document_read(DOCUMENT_YAML, policy_yaml, strlen(policy_yaml), NULL, &arena, &root,
			   &e) == ERR_OK);
	MUST((p = policy_compile(&root, &context, &none)));
	return p;
}

static void
check_complaints(const struct violations *found, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct violations again = {.arena = arena};
	struct node read;
	struct err e;
	MUST(found->count <= 100);
	violations_write(found, &(struct json){.out = &text});
	MUST(document_read(DOCUMENT_JSON, text.data, text.length, NULL, arena, &read, &e) ==
	     ERR_OK);
	violations_read(&read, &again);
	MUST(again.count == found->count);
	for (size_t i = 0; i < found->count; i++) {
		const struct violation *v = &found->items[i];
		MUST(*v->message && strlen(v->message) <= 1500);
		MUST(!*v->pointer || *v->pointer == '/');
		MUST(strcmp(v->message, again.items[i].message) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct node product = {.kind = NODE_MAP};
	struct violations found = {.arena = &arena};
	if (length == 0)
		return 0;
	struct fetch_response response = {
	    .status = bytes[0] == '2' ? 200 : 500,
	    .body = arena_bytes(&arena, bytes + 1, length - 1),
	    .body_length = length - 1,
	};
	const struct policy_input input = {.product = &product, .ask = answer, .asker = &response};
	struct verdict v = policy_judge(compile(), &input, &arena, &found);
	MUST((v.outcome == POLICY_SATISFIED) == (found.count == 0));
	MUST(v.outcome != POLICY_FAILED || found.count == 1);
	check_complaints(&found, &arena);
	return 0;
}
