/*
 * mutation.h -- what a policy depends on: each part of the products in its cases is taken away,
 * emptied or turned round, and judged again.
 *
 * A part that changes a verdict matters, and a case notices it.  One that changes none does not
 * matter to the policy, or no case shows that it does.  Of a list or a map with more than a hundred
 * parts the first and the last fifty are tried.
 */
#ifndef WEFT_POLICY_MUTATION_H
#define WEFT_POLICY_MUTATION_H

#include "base/map.h"
#include "policy/policy_cases.h"

enum mutation {
	MUTATION_REMOVED, /* a member or an item is not there */
	MUTATION_EMPTIED, /* a text, a list or a map has nothing in it */
	MUTATION_NEGATED, /* true is false; a number changes its sign */
	MUTATIONS
};

const char *mutation_name(enum mutation how); /* "removed", "emptied", "negated" */

/* One part, in all cases together. */
struct mutated {
	const char *path; /* "schema[].pii"; facts begin with "facts." */
	struct {
		uint32_t tried;
		uint32_t refused, passed; /* verdicts that became a refusal, that became a pass */
	} by[MUTATIONS];
	const char *example; /* the first case whose verdict changed, or NULL */
};

struct mutations {
	struct arena *arena;   /* holds them */
	struct mutated *items; /* in the order in which the parts first stood */
	size_t count, capacity;
	struct map by_path; /* to the number */
	/* told now and then how many judgements were made, or NULL */
	void (*progress)(void *user, uint64_t judgements);
	void *user;
	uint64_t judgements;
};

/* mutations_init -- nothing is tried yet. */
void mutations_init(struct mutations *m, struct arena *arena);

/* policy_mutate -- every part of the products and the facts of all cases. */
void policy_mutate(const struct policy *p, const struct policy_cases *cases, struct mutations *m);

/* Whether any of its mutations changed a verdict. */
bool mutated_matters(const struct mutated *part);

#endif
