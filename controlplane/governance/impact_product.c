/*
 * impact_product.c -- reads of a product no more than the policies look at: its document when they
 * may concern its domain, the facts that they name, and its source, for the line of a complaint.
 */
#include "impact_product.h"

#include <string.h>

#include "catalog/product.h"
#include "descriptor/descriptor.h"

#include "facts.h"

/* Facts are kept for so many domains; then they are read anew. */
enum { MOST_DOMAINS = 10000, MOST_COMPLAINTS = 20 };

void
impact_memory_done(struct impact_memory *m)
{
	arena_done(&m->arena);
	*m = (struct impact_memory){.asking = m->asking};
}

/* ---- facts ---- */

static unsigned
needs_of(const struct impact_terms *t)
{
	return facts_needed(t->after) | (t->before ? facts_needed(t->before) : 0);
}

static enum err_code
gather(const struct impact_terms *t, struct session *s, unsigned needs, const struct node *document,
       struct arena *arena, struct facts *ret_facts, struct err *e)
{
	const struct fact_question question = {
	    .needs = needs, .as_of = t->as_of, .product = facts_product(document, arena)};
	return facts_gather(s, &question, arena, ret_facts, e);
}

/* All products of a domain share what is known of it. */
static enum err_code
facts_by_domain(const struct impact_terms *t, struct impact_memory *m, struct session *s,
		const struct node *document, struct facts *ret_facts, struct err *e)
{
	const char *domain = node_text(document, "domain", "");
	if (m->domains.count >= MOST_DOMAINS)
		impact_memory_done(m);
	m->domains.arena = &m->arena;
	struct facts *known = map_get(&m->domains, domain);
	if (!known) {
		known = ARENA_NEW(&m->arena, struct facts);
		enum err_code code = gather(t, s, FACT_DOMAIN, document, &m->arena, known, e);
		if (code != ERR_OK)
			return code;
		map_put(&m->domains, arena_text(&m->arena, domain), known);
	}
	*ret_facts = *known;
	return ERR_OK;
}

static enum err_code
find_facts(const struct impact_terms *t, struct impact_memory *m, struct session *s,
	   const struct node *document, struct arena *arena, struct facts *ret_facts, struct err *e)
{
	unsigned needs = needs_of(t);
	if (needs & ~(unsigned)FACT_DOMAIN)
		return gather(t, s, needs, document, arena, ret_facts, e);
	if (needs)
		return facts_by_domain(t, m, s, document, ret_facts, e);
	*ret_facts = (struct facts){.facts = {.kind = NODE_MAP}, .upstream = {.kind = NODE_LIST}};
	return ERR_OK;
}

/* ---- verdicts ---- */

static enum impact_state
state_of(const struct verdict *v)
{
	if (v->outcome == POLICY_SATISFIED || v->outcome == POLICY_NOT_CONCERNED)
		return IMPACT_CLEAR;
	return v->enforcement == ENFORCE_DENY   ? IMPACT_REFUSED
	       : v->enforcement == ENFORCE_WARN ? IMPACT_WARNED
						: IMPACT_AUDITED;
}

/* Judged as if it were published again, without a change. */
static void
judge_both(const struct impact_terms *t, const struct impact_memory *m, const struct node *document,
	   const struct facts *facts, struct arena *arena, struct impact_finding *f)
{
	struct violations before = {.arena = arena}, after = {.arena = arena};
	const struct policy_input input = {
	    .product = document,
	    .previous = document,
	    .upstream = &facts->upstream,
	    .facts = &facts->facts,
	    .now = t->now,
	    .ask = m->asking ? asking_ask : NULL,
	    .asker = m->asking,
	};
	struct verdict v = policy_judge(t->after, &input, arena, &after);
	f->product.after = state_of(&v);
	f->product.concerned = v.outcome != POLICY_NOT_CONCERNED;
	f->grace_end = v.grace_end;
	if (t->before) {
		v = policy_judge(t->before, &input, arena, &before);
		f->product.before = state_of(&v);
	}
	f->complaints = f->product.after == IMPACT_CLEAR ? before : after;
	if (f->complaints.count > MOST_COMPLAINTS)
		f->complaints.count = MOST_COMPLAINTS;
}

static bool
is_of_domain(const struct impact_terms *t, const char *domain)
{
	return !t->domain || strcmp(domain, t->domain) == 0;
}

static bool
may_concern(const struct impact_terms *t, const char *domain)
{
	return policy_concerns_domain(t->after, domain) ||
	       (t->before && policy_concerns_domain(t->before, domain));
}

/* ---- lines ---- */

static bool
take_one(atomic_uint *left)
{
	unsigned n = atomic_load(left);
	while (n > 0 && !atomic_compare_exchange_weak(left, &n, n - 1))
		;
	return n > 0;
}

/*
 * In the document as it was sent; canonical JSON has no lines.  Nor has a source that was redacted
 * or cannot be read: the complaint stands without.
 */
static void
find_lines(struct impact_terms *t, struct session *s, const struct scanned_product *p,
	   struct arena *arena, struct violations *complaints)
{
	struct node root;
	struct err ignored;
	if (p->is_event)
		return; /* it was judged as it was sent */
	bool found = take_one(&t->lines_left) &&
		     product_document(s, p->seq, arena, &root, &ignored) == ERR_OK;
	for (size_t i = 0; i < complaints->count; i++) {
		struct violation *v = &complaints->items[i];
		v->at = (struct position){0};
		if (found)
			pointer_place(&root, v->pointer, &v->at);
	}
}

/* ---- one product ---- */

static enum err_code
judge_document(struct impact_terms *t, struct impact_memory *m, struct session *s,
	       const struct scanned_product *p, struct arena *arena, struct impact_finding *f,
	       struct err *e)
{
	struct node *document = ARENA_NEW(arena, struct node);
	struct facts facts;
	enum err_code code = scanned_product_document(p, arena, document, e);
	if (code != ERR_OK)
		return code;
	f->product.domain = node_text(document, "domain", "");
	f->product.owner = node_text(document, "owner", "");
	f->counts = is_of_domain(t, f->product.domain);
	if (!f->counts || !may_concern(t, f->product.domain))
		return ERR_OK;
	code = find_facts(t, m, s, document, arena, &facts, e);
	if (code != ERR_OK)
		return code;
	judge_both(t, m, document, &facts, arena, f);
	if (f->product.before != f->product.after)
		find_lines(t, s, p, arena, &f->complaints);
	return ERR_OK;
}

enum err_code
impact_judge(struct impact_terms *terms, struct impact_memory *memory, struct session *s,
	     const struct scanned_product *p, struct arena *arena,
	     struct impact_finding *ret_finding, struct err *e)
{
	*ret_finding = (struct impact_finding){
	    .name = p->name,
	    .version = p->version,
	    .counts = !p->domain || is_of_domain(terms, p->domain),
	    .product = {.domain = p->domain, .owner = p->owner},
	};
	if (p->domain && !may_concern(terms, p->domain))
		return ERR_OK;
	return judge_document(terms, memory, s, p, arena, ret_finding, e);
}
