/*
 * opa.c -- the question, and the answer read.
 *
 * An answer is somebody else's text: of what it says only so much is taken as a person would read.
 */
#include "opa.h"

#include <string.h>

#include "base/json.h"

struct consultation {
	const struct policy *policy;
	const struct policy_document *document; /* the policy's */
	struct arena *arena;
	struct opa_finding finding;
	size_t capacity, unsaid;
};

const char *
policy_question_address(const struct policy_question *q, struct arena *arena)
{
	size_t length = strlen(q->url);
	while (length > 0 && q->url[length - 1] == '/')
		length--;
	return arena_printf(arena, "%.*s/v1/data/%s", (int)length, q->url, q->path);
}

/* ---- the question ---- */

/* Canonical: the same product is the same question, however it was read. */
static void
write_part(struct json *j, const char *key, const struct node *n)
{
	static const struct node nothing = {.kind = NODE_NULL};
	CLEANUP(buf_done) struct buf text = {0};
	json_canonical(&text, n ? n : &nothing);
	json_key(j, key);
	json_raw(j, text.data, text.length);
}

static void
write_input(const struct policy_input *input, const struct node *parameters, struct buf *out)
{
	static const struct node empty = {.kind = NODE_MAP};
	char now[CLOCK_TEXT_SIZE];
	struct json j = {.out = out};
	clock_format(input->now, now);
	json_begin_map(&j);
	write_part(&j, "product", input->product);
	write_part(&j, "previous", input->previous);
	write_part(&j, "upstream", input->upstream);
	write_part(&j, "facts", input->facts ? input->facts : &empty);
	write_part(&j, "params", parameters ? parameters : &empty);
	json_member_text(&j, "now", now);
	json_end_map(&j);
}

static enum err_code
ask(const struct consultation *c, const struct policy_input *input, const struct node *parameters,
    struct policy_answer *ret_answer, struct err *e)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct policy_question *q = &c->document->opa;
	if (!input->ask)
		return ERR(e, UNREACHABLE,
			   "the Open Policy Agent at '%s' decides, and only a server asks it",
			   policy_question_address(q, c->arena));
	write_input(input, parameters, &text);
	return input->ask(input->asker, c->policy, text.data, text.length, ret_answer, e);
}

/* ---- complaints ---- */

static void
add_complaint(struct consultation *c, struct opa_complaint complaint)
{
	struct opa_finding *f = &c->finding;
	if (f->count == OPA_MOST_VIOLATIONS) {
		c->unsaid++;
		return;
	}
	f->complaints =
	    arena_grow(c->arena, f->complaints, f->count, &c->capacity, sizeof *f->complaints);
	f->complaints[f->count++] = complaint;
}

static void
complain(struct consultation *c, const char *message)
{
	add_complaint(
	    c, (struct opa_complaint){.message = policy_message(message, strlen(message), c->arena),
				      .pointer = ""});
}

/* It cannot be told: nothing of what was said before counts. */
static void
fail(struct consultation *c, const char *why)
{
	c->finding.outcome = POLICY_FAILED;
	c->finding.count = c->unsaid = 0;
	complain(c, arena_printf(c->arena, "whether the policy '%s' is kept cannot be told: %s",
				 c->document->name, why));
}

static void
fail_of_shape(struct consultation *c, const char *what)
{
	fail(c, arena_printf(c->arena, "the Open Policy Agent at '%s' answered with %s",
			     policy_question_address(&c->document->opa, c->arena), what));
}

/* ---- the answer ---- */

static void
refuse(struct consultation *c)
{
	const char *asked = c->document->description;
	if (!asked)
		asked = arena_printf(c->arena, "The policy '%s' allows it", c->document->name);
	complain(c, arena_printf(c->arena, "%s (not so, says the Open Policy Agent at '%s')", asked,
				 policy_question_address(&c->document->opa, c->arena)));
}

static void
read_map_violation(struct consultation *c, const struct node *item, const char *message)
{
	const char *pointer = node_text(item, "pointer", "");
	add_complaint(c, (struct opa_complaint){
			     .rule = node_text(item, "rule", NULL),
			     .message = policy_message(message, strlen(message), c->arena),
			     .pointer = *pointer == '/' ? pointer : "",
			 });
}

static bool
read_violation(struct consultation *c, const struct node *item)
{
	if (item->kind == NODE_TEXT && item->count > 0) {
		complain(c, item->text);
		return true;
	}
	const char *message = node_text(item, "message", node_text(item, "msg", ""));
	if (*message) {
		read_map_violation(c, item, message);
		return true;
	}
	fail_of_shape(c, "a violation that is neither a text nor a map with a 'message'");
	return false;
}

static bool
read_violations(struct consultation *c, const struct node *list)
{
	if (list->kind != NODE_LIST) {
		fail_of_shape(c, arena_printf(c->arena, "%s where the list of violations should be",
					      node_kind_name(list->kind)));
		return false;
	}
	for (uint32_t i = 0; i < list->count; i++)
		if (!read_violation(c, &list->items[i]))
			return false;
	return true;
}

static void
read_map(struct consultation *c, const struct node *map)
{
	const struct node *lists[] = {node_get(map, "violations"), node_get(map, "deny")};
	const struct node *allow = node_get(map, "allow");
	if (!allow && !lists[0] && !lists[1]) {
		fail_of_shape(c, "a map without 'allow', 'violations' and 'deny'");
		return;
	}
	if (allow && allow->kind != NODE_BOOL) {
		fail_of_shape(c, arena_printf(c->arena, "%s as 'allow', not true or false",
					      node_kind_name(allow->kind)));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (lists[i] && !read_violations(c, lists[i]))
			return;
	if (allow && !allow->boolean && c->finding.count == 0)
		refuse(c);
}

static void
read_result(struct consultation *c, const struct node *result)
{
	if (!result)
		fail_of_shape(c, "no result: nothing is defined there");
	else if (result->kind == NODE_BOOL && !result->boolean)
		refuse(c);
	else if (result->kind == NODE_LIST)
		read_violations(c, result);
	else if (result->kind == NODE_MAP)
		read_map(c, result);
	else if (result->kind != NODE_BOOL)
		fail_of_shape(c, arena_printf(c->arena,
					      "%s; expected true or false, a list of violations, "
					      "or a map of 'allow' and 'violations'",
					      node_kind_name(result->kind)));
}

static void
count_unsaid(struct consultation *c)
{
	struct opa_finding *f = &c->finding;
	if (c->unsaid > 0)
		f->complaints[f->count - 1].message =
		    arena_printf(c->arena, "... and %zu more", c->unsaid + 1);
}

struct opa_finding
opa_consult(const struct policy *p, const struct node *parameters, const struct policy_input *input,
	    struct arena *arena)
{
	struct consultation c = {.policy = p, .document = &p->document, .arena = arena};
	struct policy_answer answer = {0};
	struct err e;
	c.finding.outcome = POLICY_SATISFIED;
	if (ask(&c, input, parameters, &answer, &e) != ERR_OK)
		fail(&c, e.message);
	else
		read_result(&c, answer.result);
	c.finding.decision_id = answer.decision_id;
	if (c.finding.count > 0 && c.finding.outcome == POLICY_SATISFIED)
		c.finding.outcome = POLICY_VIOLATED;
	count_unsaid(&c);
	return c.finding;
}
