/*
 * explanation.c -- the product is judged twice: as always, for the verdict and its cost, and by
 * programs that are watched.
 */
#include "explanation.h"

#include <string.h>

#include "match.h"
#include "watched.h"

/* ---- whom it concerns ---- */

static const char *
show_words(const struct node *words, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = {0};
	if (!words)
		return "nothing";
	json_node(&(struct json){.out = &out}, words);
	return arena_bytes(arena, out.data, out.length);
}

/* Each part of match by itself: the first one that leaves it out is the reason. */
static const char *
reason_left_out(const struct policy *p, const struct node *product, struct arena *arena)
{
	const struct policy_match *m = &p->rules->match, all = {0};
	const struct {
		struct policy_match one;
		const char *key, *otherwise;
	} rows[] = {
	    {{.domains = m->domains}, "domain", NULL},
	    {{.statuses = m->statuses}, "status", "\"active\""},
	    {{.classifications = m->classifications}, "classification", NULL},
	    {{.tags = m->tags}, "tags", NULL},
	};
	const char *domain = node_text(product, "domain", "");
	if (!match_concerns(p->document.scope, &all, product))
		return arena_printf(arena, "its scope is %s, and the product's domain is '%s'",
				    p->document.scope, domain);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct node *said = node_get(product, rows[i].key);
		if (!match_concerns("global", &rows[i].one, product))
			return arena_printf(
			    arena, "the product's %s is %s, which 'match' leaves out", rows[i].key,
			    !said && rows[i].otherwise ? rows[i].otherwise
						       : show_words(said, arena));
	}
	return "the condition of 'match' is not true of it";
}

/* ---- watching ---- */

struct explaining {
	struct explanation *x;
	const struct watched *watched;
};

static struct cel_value
evaluate(void *user, const struct cel_program *p, const struct cel_value *bindings,
	 struct cel_limits limits, struct arena *arena, uint64_t *ret_cost)
{
	struct explaining *e = user;
	size_t i = watched_find(e->watched, e->x->count, p);
	const struct cel_part *whole = cel_explain(p, bindings, limits, arena, ret_cost);
	e->x->items[i].whole = whole;
	return whole->value;
}

static void
name_items(struct explaining *e, struct arena *arena)
{
	static const char *const roles[] = {
	    [EXPRESSION_CONDITION] = "condition",   [EXPRESSION_VARIABLE] = "variable",
	    [EXPRESSION_VALIDATION] = "validation", [EXPRESSION_MESSAGE] = "message",
	    [EXPRESSION_POINTER] = "pointer",
	};
	e->x->items = ARENA_ARRAY(arena, struct explained, e->x->count);
	for (size_t i = 0; i < e->x->count; i++) {
		const struct watched *w = &e->watched[i];
		e->x->items[i] = (struct explained){
		    .role = roles[w->role], .name = w->name, .pointer = w->pointer};
	}
}

void
policy_explain(const struct policy *p, const struct policy_input *input, struct arena *arena,
	       struct violations *violations, struct explanation *ret_explanation)
{
	struct explanation *x = ret_explanation;
	const struct edition *usual = policy_edition(p, node_text(input->product, "domain", ""));
	struct violations again = {.arena = arena};
	struct explaining e = {.x = x};
	const struct policy_watch watch = {evaluate, &e};
	*x = (struct explanation){
	    .verdict = policy_judge(p, input, arena, violations),
	    .parameters = usual->parameters,
	    .edition = ARENA_NEW(arena, struct edition),
	};
	if (x->verdict.outcome == POLICY_NOT_CONCERNED)
		x->left_out = reason_left_out(p, input->product, arena);
	if (!policy_observe(p, usual->scope, usual->parameters, arena, x->edition))
		return;
	e.watched = watched_list(p, x->edition, arena, &x->count);
	name_items(&e, arena);
	if (match_concerns(p->document.scope, &p->rules->match, input->product))
		policy_judge_by(p, x->edition, input, &watch, arena, &again);
}

void
explanation_done(struct explanation *x)
{
	if (x->edition)
		edition_done(x->edition);
}
