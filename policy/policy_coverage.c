/*
 * policy_coverage.c -- each case is run with programs of its own, and what was seen is added up by
 * expression and branch, which are the same whatever the parameters are.
 */
#include "policy_coverage.h"

#include <string.h>

#include "cel/coverage.h"

#include "case_run.h"
#include "match.h"
#include "watched.h"

/* One edition that is watched. */
struct covering {
	struct edition edition;
	const struct watched *watched;
	struct cel_coverage **seen; /* one each */
	size_t count;
};

static bool
open_covering(const struct policy *p, const struct node *values, struct arena *arena,
	      struct covering *ret_covering)
{
	struct covering *c = ret_covering;
	if (!policy_observe(p, "the case", values, arena, &c->edition))
		return false;
	c->watched = watched_list(p, &c->edition, arena, &c->count);
	c->seen = ARENA_ARRAY(arena, struct cel_coverage *, c->count);
	for (size_t i = 0; i < c->count; i++)
		c->seen[i] = cel_coverage_new(c->watched[i].program, arena);
	return true;
}

static void
close_covering(struct covering *c)
{
	edition_done(&c->edition);
}

static struct cel_value
evaluate(void *user, const struct cel_program *p, const struct cel_value *bindings,
	 struct cel_limits limits, struct arena *arena, uint64_t *ret_cost)
{
	struct covering *c = user;
	size_t i = watched_find(c->watched, c->count, p);
	return cel_cover(c->seen[i], bindings, limits, arena, ret_cost);
}

/* ---- adding up ---- */

static void
describe(const struct watched *w, struct arena *arena, struct covered_expression *ret_item)
{
	size_t steps_count;
	const struct cel_step *steps = cel_steps(w->program, &steps_count);
	const struct cel_coverage *plain = cel_coverage_new(w->program, arena);
	*ret_item = (struct covered_expression){
	    .name = arena_text(arena, w->name),
	    .pointer = w->pointer,
	    .source = arena_text(arena, cel_program_source(w->program)),
	    .branches = ARENA_ARRAY(arena, struct covered_branch, plain->count),
	    .count = plain->count,
	};
	for (size_t i = 0; i < plain->count; i++) {
		const struct cel_step *s = &steps[plain->branches[i].step];
		ret_item->branches[i] = (struct covered_branch){
		    .start = s->start,
		    .end = s->end,
		    .text = cel_step_text(w->program, plain->branches[i].step, arena),
		};
	}
}

struct policy_coverage *
policy_coverage_new(const struct policy *p, struct arena *arena)
{
	struct policy_coverage *all = ARENA_NEW(arena, struct policy_coverage);
	struct covering c = {0};
	all->arena = arena;
	if (p->edition_count > 0 && open_covering(p, p->editions[0].parameters, arena, &c)) {
		all->count = c.count;
		all->items = ARENA_ARRAY(arena, struct covered_expression, c.count);
		for (size_t i = 0; i < c.count; i++) {
			describe(&c.watched[i], arena, &all->items[i]);
			all->sides += all->items[i].count ? 2 * all->items[i].count : 1;
		}
	}
	close_covering(&c);
	return all;
}

static void
add_up(struct policy_coverage *all, const struct covering *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct covered_expression *item = &all->items[i];
		item->runs += c->seen[i]->runs;
		for (size_t k = 0; k < item->count && k < c->seen[i]->count; k++) {
			const struct cel_branch *from = &c->seen[i]->branches[k];
			item->branches[k].times_true += from->seen[true];
			item->branches[k].times_false += from->seen[false];
			item->branches[k].times_failed += from->failed;
		}
	}
}

static void
count_sides(struct policy_coverage *all)
{
	all->seen = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct covered_expression *item = &all->items[i];
		all->seen += item->count == 0 && item->runs > 0;
		for (size_t k = 0; k < item->count; k++)
			all->seen += (item->branches[k].times_true ? 1u : 0u) +
				     (item->branches[k].times_false ? 1u : 0u);
	}
}

static void
cover_case(const struct policy *p, const struct test_case *t, struct policy_coverage *all)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct violations ignored = {.arena = &arena};
	struct covering c = {0};
	const struct policy_input input = case_input(t);
	const char *domain = node_text(t->product, "domain", "");
	const struct node *values = policy_values(p, domain, t->parameters, &arena, &ignored);
	const struct policy_watch watch = {evaluate, &c};
	if (values && match_concerns(p->document.scope, &p->rules->match, t->product) &&
	    open_covering(p, values, &arena, &c)) {
		policy_judge_by(p, &c.edition, &input, &watch, &arena, &ignored);
		add_up(all, &c);
	}
	close_covering(&c);
}

void
policy_cover(const struct policy *p, const struct policy_cases *cases,
	     struct policy_coverage *coverage)
{
	const struct test_case *items = cases->items.items;
	for (size_t i = 0; i < cases->items.count; i++)
		cover_case(p, &items[i], coverage);
	count_sides(coverage);
}
