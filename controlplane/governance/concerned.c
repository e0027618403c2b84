/*
 * concerned.c -- the table, and what its rows do.
 */
#include "concerned.h"

#include <string.h>

#include "catalog/rulebook.h"

/* ---- finding products */

/* Of several causes the newest counts: what it changed is judged with all that was before. */
static void
add(struct concerned *c, const char *product, const struct cause *cause)
{
	map_put(&c->products, product, (void *)cause);
}

static void
add_all(struct concerned *c, const struct product_names *names, const struct cause *cause)
{
	for (size_t i = 0; i < names->count; i++)
		add(c, names->items[i].name, cause);
}

typedef enum err_code find_fn(struct concerned *c, struct session *s, const struct rule_set *rules,
			      const struct cause *cause, struct err *e);

static enum err_code
find_itself(struct concerned *c, struct session *s, const struct rule_set *rules,
	    const struct cause *cause, struct err *e)
{
	(void)s, (void)rules, (void)e;
	add(c, cause->subject, cause);
	return ERR_OK;
}

/* Who is made from it sees it upstream, and what it is made from sees it downstream. */
static enum err_code
find_beside(struct concerned *c, struct session *s, const struct rule_set *rules,
	    const struct cause *cause, struct err *e)
{
	struct product_names names;
	(void)rules;
	enum err_code code =
	    product_names_beside(s, cause->subject, cause->seq, c->arena, &names, e);
	if (code == ERR_OK)
		add_all(c, &names, cause);
	return code;
}

static enum err_code
add_domain(struct concerned *c, struct session *s, const char *domain, const struct cause *cause,
	   struct err *e)
{
	enum { AT_ONCE = 1000 };
	struct product_names page = {.count = AT_ONCE};
	for (const char *after = NULL; page.count == AT_ONCE;) {
		enum err_code code =
		    product_names_page(s, domain, after, AT_ONCE, c->arena, &page, e);
		if (code != ERR_OK)
			return code;
		add_all(c, &page, cause);
		after = page.count ? page.items[page.count - 1].name : NULL;
	}
	return ERR_OK;
}

static enum err_code
find_in_domain(struct concerned *c, struct session *s, const struct rule_set *rules,
	       const struct cause *cause, struct err *e)
{
	(void)rules;
	return add_domain(c, s, cause->subject, cause, e);
}

/* Policies of domains share their steps: one that leaves its domain leaves others more. */
static enum err_code
find_relieved(struct concerned *c, struct session *s, const struct policy *p,
	      const struct cause *cause, struct err *e)
{
	struct rule_version before;
	enum err_code code = rule_as_of(s, cause->subject, cause->seq - 1, c->arena, &before, e);
	if (code != ERR_OK)
		return code == ERR_NOT_FOUND ? ERR_OK : code;
	if (strncmp(before.scope, "domain:", 7) != 0)
		return ERR_OK;
	const char *domain = before.scope + 7;
	return p && policy_concerns_domain(p, domain) ? ERR_OK : add_domain(c, s, domain, cause, e);
}

/*
 * Whom it concerns is seen when all are gone through; whom it no longer concerns fell short of it,
 * or of another one for want of steps.
 */
static enum err_code
find_by_policy(struct concerned *c, struct session *s, const struct rule_set *rules,
	       const struct cause *cause, struct err *e)
{
	struct product_names names;
	enum err_code code = product_names_of_policy(s, cause->subject, c->arena, &names, e);
	if (code != ERR_OK)
		return code;
	const struct policy *p = rule_set_find(rules, cause->subject);
	for (size_t i = 0; i < names.count; i++)
		if (!p || !policy_concerns_domain(p, names.items[i].domain))
			add(c, names.items[i].name, cause);
	if (p)
		map_put(&c->policies, cause->subject, (void *)cause);
	return find_relieved(c, s, p, cause, e);
}

/* ---- the table */

/* What a policy must look at: a bit of enum policy_need, or a fact; neither: nothing. */
// clang-format off
static const struct {
	const char *kind;
	unsigned need;
	const char *fact;
	find_fn *find;
} rows[] = {
	{"policy.defined",    0,                     NULL,         find_by_policy},
	{"policy.retired",    0,                     NULL,         find_by_policy},
	{"domain.defined",    0,                     "domain",     find_in_domain},
	{"quality.checked",   0,                     "quality",    find_itself},
	{"product.published", POLICY_NEEDS_UPSTREAM, "downstream", find_beside},
	{"product.retired",   POLICY_NEEDS_UPSTREAM, "downstream", find_beside},
};
// clang-format on

static bool
is_looked_at(const struct rule_set *rules, unsigned need, const char *fact)
{
	if (!need && !fact)
		return true;
	for (size_t i = 0; i < rules->count; i++) {
		const struct policy *p = rules->policies[i];
		if ((policy_needs(p) & need) || (fact && policy_needs_fact(p, fact)))
			return true;
	}
	return false;
}

static const struct cause *
cause_of(struct concerned *c, const struct event *ev)
{
	struct cause *cause = ARENA_NEW(c->arena, struct cause);
	*cause = (struct cause){
	    .kind = arena_text(c->arena, ev->kind),
	    .subject = arena_text(c->arena, ev->subject),
	    .seq = ev->seq,
	};
	return cause;
}

enum err_code
concerned_by_event(struct concerned *c, struct session *s, const struct rule_set *rules,
		   const struct event *ev, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].kind, ev->kind) == 0)
			return is_looked_at(rules, rows[i].need, rows[i].fact)
				   ? rows[i].find(c, s, rules, cause_of(c, ev), e)
				   : ERR_OK;
	return ERR_OK;
}

enum err_code
concerned_by_grace(struct concerned *c, struct session *s, moment after, uint64_t seen,
		   moment until, struct err *e)
{
	static const struct cause grace = {.kind = "clock"};
	struct product_names names;
	enum err_code code = product_names_of_grace(s, after, seen, until, c->arena, &names, e);
	if (code == ERR_OK)
		add_all(c, &names, &grace);
	return code;
}

/* ---- everybody */

bool
concerned_is_anyone(const struct concerned *c)
{
	return c->products.count > 0 || concerned_needs_sweep(c);
}

bool
concerned_needs_sweep(const struct concerned *c)
{
	return c->everyone || c->clock || c->policies.count > 0;
}

const struct cause *
cause_for_domain(const struct concerned *c, const struct rule_set *rules, const char *domain)
{
	if (c->everyone)
		return c->everyone;
	for (size_t i = 0; i < rules->count; i++) {
		const struct policy *p = rules->policies[i];
		const struct cause *cause = map_get(&c->policies, policy_name(p));
		if (!cause && c->clock && (policy_needs(p) & POLICY_NEEDS_NOW))
			cause = c->clock;
		if (cause && policy_concerns_domain(p, domain))
			return cause;
	}
	return NULL;
}
