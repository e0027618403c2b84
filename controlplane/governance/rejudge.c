/*
 * rejudge.c -- judge on a reader's snapshot, and write what changed when its turn comes.
 *
 * Reads in order: does it stand otherwise, the event, one product, several, writing them down.
 *
 * Most products stand as before, and that is found out from the canonical document alone; only
 * where something changed is the source read, which knows the places, and judged by the same facts.
 */
#include "rejudge.h"

#include <string.h>

#include "base/log.h"
#include "base/thread.h"
#include "catalog/product.h"
#include "catalog/shortfall.h"

#include "decision.h"
#include "hearing.h"

static const struct document_limits limits = {.bytes = 64 << 20, .nodes = 2000000, .depth = 80};

/* A product that stands otherwise, and what is to be written of it; it stays where it is. */
struct change {
	const struct concern *concern;
	const struct product *product;
	struct shortfall_list rows; /* what the log says of it */
	struct hearing_case given;
	uint64_t basis; /* the judgement saw at least the events up to this one */
	const struct product_draft *draft;
};

struct round {
	struct pending pending; /* the first member: a pointer to one points to the other */
	struct governance *g;
	struct arena arena;
	struct change changes[REJUDGE_AT_ONCE];
	size_t count;
	size_t written; /* of the turn that counts */
	struct asking asking;
};

/* ---- does it stand otherwise? */

/* The rows of one product among those of several. */
static struct shortfall_list
rows_of(const struct shortfall_list *all, const char *product)
{
	size_t first = 0;
	while (first < all->count && strcmp(all->items[first].product, product) != 0)
		first++;
	size_t end = first;
	while (end < all->count && strcmp(all->items[end].product, product) == 0)
		end++;
	if (first == end)
		return (struct shortfall_list){0};
	return (struct shortfall_list){.items = all->items + first, .count = end - first};
}

/* A message that says how many days are left is another each day: the clock alone is no reason. */
static bool
is_same(const struct violation *a, const struct violation *b, const struct cause *cause)
{
	return strcmp(a->enforcement, b->enforcement) == 0 && a->grace_end == b->grace_end &&
	       strcmp(a->pointer, b->pointer) == 0 &&
	       (cause->seq == 0 || strcmp(a->message, b->message) == 0);
}

static const struct violation *
row_with(const struct shortfall_list *rows, const struct shortfall *found)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct violation *v = &rows->items[i].violation;
		if (rows->items[i].part == found->part &&
		    strcmp(v->policy, found->violation.policy) == 0 &&
		    strcmp(v->rule, found->violation.rule) == 0)
			return v;
	}
	return NULL;
}

static bool
is_other(const struct shortfall_list *rows, const struct violations *found,
	 const struct cause *cause, struct arena *arena)
{
	const struct shortfall_list now = shortfalls_note(rows, found, 0, 0, arena);
	if (now.count != rows->count)
		return true;
	for (size_t i = 0; i < now.count; i++) {
		const struct violation *row = row_with(rows, &now.items[i]);
		if (!row || !is_same(row, &now.items[i].violation, cause))
			return true;
	}
	return false;
}

static bool
stands_otherwise(const struct hearing *h, const struct change *c)
{
	struct violations found = {.arena = h->arena};
	const struct judgement j = judge_again(h->rules, &c->given.input, h->arena, &found);
	return strcmp(judgement_standing(&j), c->product->standing) != 0 ||
	       is_other(&c->rows, &found, c->concern->cause, h->arena);
}

/* ---- the event */

static void
write_cause(const struct cause *cause, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "kind", cause->kind);
	if (cause->seq) {
		json_member_text(j, "subject", cause->subject);
		json_member_int(j, "event", (int64_t)cause->seq);
	}
	json_end_map(j);
}

static void
write_body(const struct change *c, const struct product_finding *finding,
	   const struct decision *decision, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "version", finding->version);
	json_member_int(&j, "event", (int64_t)c->product->seq);
	json_member_text(&j, "hash", finding->hash);
	json_member_text(&j, "standing", finding->standing);
	decision_write(decision, finding->violations, &j);
	json_key(&j, "cause");
	write_cause(c->concern->cause, &j);
	json_end_map(&j);
}

static void
draft_event(const struct hearing *h, struct change *c)
{
	const struct product *p = c->product;
	CLEANUP(buf_done) struct buf body = {0};
	struct violations *found = ARENA_NEW(h->arena, struct violations);
	found->arena = h->arena;
	const struct judgement j = judge_again(h->rules, &c->given.input, h->arena, found);
	const struct decision decision = decision_of(&j, &c->given.input, p->seq, h->arena);
	const struct product_finding finding = {
	    .version = p->version,
	    .hash = p->hash,
	    .standing = decision.standing,
	    .violations = found,
	};
	write_body(c, &finding, &decision, &body);
	c->draft = product_draft_judged(p->name, &finding, &body, h->arena);
}

/* ---- one product */

/* The one that was defined just now. */
static const char *
new_policy_of(const struct cause *cause)
{
	return strcmp(cause->kind, "policy.defined") == 0 ? cause->subject : NULL;
}

/* By what is kept of it, which has no places. */
static enum err_code
prepare(struct hearing *h, struct change *c, struct err *e)
{
	const struct product *p = c->product;
	struct node *document = ARENA_NEW(h->arena, struct node);
	if (document_read_compact(p->document, p->document_length, &limits, h->arena, document,
				  e) != ERR_OK)
		return err_while(e, "the document of '%s'", p->name);
	const struct fact_question question = {.product = facts_product(document, h->arena)};
	enum err_code code = hearing_prepare(h, &question, document, &c->given, e);
	if (code == ERR_OK)
		hearing_recall(h, &c->given, &c->rows, new_policy_of(c->concern->cause));
	return code;
}

/* The same as it was sent; a source that was redacted has no places either. */
static enum err_code
take_source(const struct hearing *h, struct change *c, struct err *e)
{
	struct node *source = ARENA_NEW(h->arena, struct node);
	enum err_code code = product_document(h->s, c->product->seq, h->arena, source, e);
	if (code == ERR_OK)
		c->given.input.product = c->given.input.previous = source;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* What is wrong with one product must not keep all others from being judged. */
static bool
is_its_own_fault(enum err_code code)
{
	return code == ERR_MALFORMED || code == ERR_NOT_FOUND || code == ERR_TOO_LARGE ||
	       code == ERR_CORRUPT;
}

/* Where it stands otherwise, its event is drafted. */
static enum err_code
judge_product(struct hearing *h, struct change *c, bool *ret_otherwise, struct err *e)
{
	enum err_code code = prepare(h, c, e);
	const bool otherwise = code == ERR_OK && stands_otherwise(h, c);
	if (otherwise)
		code = take_source(h, c, e);
	if (otherwise && code == ERR_OK)
		draft_event(h, c);
	*ret_otherwise = otherwise && code == ERR_OK;
	if (!is_its_own_fault(code))
		return code;
	LOG(WARN, "a product cannot be judged again", "product", c->product->name, "error",
	    e->message);
	return ERR_OK;
}

/* ---- several */

/* Those in force, and what the log says of them. */
struct bench {
	struct product_list products;
	struct shortfall_list rows;
};

static enum err_code
call_up(struct hearing *h, const struct concern *concerns, size_t count, struct bench *ret_bench,
	struct err *e)
{
	const char *names[PRODUCTS_AT_ONCE];
	for (size_t i = 0; i < count; i++)
		names[i] = concerns[i].product;
	enum err_code code =
	    products_in_force(h->s, names, count, h->arena, &ret_bench->products, e);
	return code == ERR_OK
		   ? shortfalls_of_products(h->s, names, count, h->arena, &ret_bench->rows, e)
		   : code;
}

static const struct concern *
concern_of(const struct concern *concerns, const char *product)
{
	while (strcmp(concerns->product, product) != 0)
		concerns++; /* every product was called up by one */
	return concerns;
}

/* Gives those that stand otherwise in `changes`, behind the first `*count`. */
static enum err_code
judge_all(struct hearing *h, const struct concern *concerns, const struct bench *bench,
	  struct change *changes, size_t *count, struct err *e)
{
	for (size_t i = 0; i < bench->products.count; i++) {
		const struct product *p = &bench->products.items[i];
		struct change *c = &changes[*count];
		*c = (struct change){
		    .concern = concern_of(concerns, p->name),
		    .product = p,
		    .rows = rows_of(&bench->rows, p->name),
		    .basis = session_basis(h->s),
		};
		bool otherwise;
		enum err_code code = judge_product(h, c, &otherwise, e);
		if (code != ERR_OK)
			return code;
		*count += otherwise;
		thread_let_others();
	}
	return ERR_OK;
}

/* ---- writing them down */

static enum err_code
append(struct round *r, struct session *s, const struct change *c, struct err *e)
{
	r->written++;
	return product_append(s, "weft", c->draft, NULL, e);
}

/* NULL: those that decide on some policies have no answer for anybody just now. */
static struct asking *
asking_of(struct round *r)
{
	return r->asking.agents ? &r->asking : NULL;
}

/* Something came in between: judged once more, by what the writer sees. */
static enum err_code
append_anew(struct round *r, struct session *s, const struct change *before, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(hearing_close)
	struct hearing h = {
	    .g = r->g, .s = s, .is_guest = true, .arena = &arena, .asking = asking_of(r)};
	struct bench bench;
	struct change again;
	size_t count = 0;
	enum err_code code = hearing_open(&h, e);
	if (code == ERR_OK)
		code = call_up(&h, before->concern, 1, &bench, e);
	if (code == ERR_OK)
		code = judge_all(&h, before->concern, &bench, &again, &count, e);
	return code == ERR_OK && count > 0 ? append(r, s, &again, e) : code;
}

static enum err_code
write_round(struct pending *self, struct session *s, struct err *e)
{
	struct round *r = (struct round *)self;
	enum err_code code = ERR_OK;
	r->written = 0; /* of a turn that was undone */
	for (size_t i = 0; code == ERR_OK && i < r->count; i++) {
		const struct change *c = &r->changes[i];
		code = hearing_case_is_current(&c->given, s, c->basis) ? append(r, s, c, e)
								       : append_anew(r, s, c, e);
	}
	return code;
}

static enum err_code
judge_once(struct round *r, const struct concern *concerns, size_t count, size_t *ret_judged,
	   struct err *e)
{
	CLEANUP(hearing_close)
	struct hearing h = {.g = r->g, .arena = &r->arena, .asking = asking_of(r)};
	r->count = *ret_judged = 0;
	asking_begin(&r->asking);
	enum err_code code = hearing_open(&h, e);
	for (size_t i = 0; code == ERR_OK && i < count; i += PRODUCTS_AT_ONCE) {
		const size_t left = count - i;
		struct bench bench = {0};
		code = call_up(&h, concerns + i, left < PRODUCTS_AT_ONCE ? left : PRODUCTS_AT_ONCE,
			       &bench, e);
		if (code == ERR_OK)
			code = judge_all(&h, concerns + i, &bench, r->changes, &r->count, e);
		*ret_judged += bench.products.count;
	}
	return code;
}

/* Who must be asked is asked between two looks; the second one counts, whatever they said. */
static enum err_code
judge_round(struct round *r, const struct concern *concerns, size_t count, size_t *ret_judged,
	    struct err *e)
{
	struct agents *agents = r->g->agents;
	asking_init(&r->asking, agents && !agents_are_silent(agents) ? agents : NULL, &r->arena);
	enum err_code code = judge_once(r, concerns, count, ret_judged, e);
	if (code != ERR_OK || r->asking.unasked == 0)
		return code;
	asking_run(&r->asking);
	return judge_once(r, concerns, count, ret_judged, e);
}

enum err_code
rejudge(struct governance *g, const struct concern *concerns, size_t count,
	struct rejudge_report *ret_report, struct err *e)
{
	struct round r = {.pending = {.write = write_round}, .g = g};
	size_t judged = 0;
	enum err_code code = judge_round(&r, concerns, count, &judged, e);
	if (code == ERR_OK && r.count > 0)
		code = store_run(g->store, &r.pending, e);
	arena_done(&r.arena);
	if (code == ERR_OK)
		*ret_report = (struct rejudge_report){judged, r.written};
	return code;
}
