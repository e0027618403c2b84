/*
 * agents.h -- the Open Policy Agents that this server may ask, and how it asks them.
 *
 * Policies name their agent, and who writes policies is not always who runs the server: so it asks
 * those that its settings name, and shows its token to nobody else.
 */
#ifndef WEFT_GOVERNANCE_AGENTS_H
#define WEFT_GOVERNANCE_AGENTS_H

#include "base/fetcher.h"
#include "base/metrics.h"

enum { AGENTS_DEADLINE = 2, AGENTS_LARGEST_ANSWER = 1 << 20 }; /* seconds, bytes */

struct agents;

struct agents_options {
	const char *addresses; /* separated by commas; "" is any on this machine */
	const char *token; /* the file of what they are sent as `Authorization: Bearer`; or "" */
	const char *ca;    /* the file of the authorities to trust; "" is the machine's */
	unsigned at_once;  /* questions to one of them at a time */
	struct metrics *metrics;
};

/* agents_create -- Fails: ERR_USAGE for settings that make no sense. */
enum err_code agents_create(const struct agents_options *options, struct agents **ret_agents,
			    struct err *e);
void agents_destroy(struct agents *a);

/* agents_end -- nobody is asked any more, and who waits is told so. */
void agents_end(struct agents *a);

/* agents_allow -- may that one be asked?  Fails: ERR_REFUSED, and says what would allow it. */
enum err_code agents_allow(const struct agents *a, const char *url, struct err *e);

/*
 * agents_prepare -- whether that one may be asked, and what is said to all of them; the task has
 * URL, body, deadline and arena.  agents_put -- ask, as fetcher_put(); what could not be prepared
 * is done at once.  agents_note -- to be called by `done`: counted and, without an answer, logged.
 */
void agents_prepare(struct agents *a, struct fetch_task *task);
void agents_put(struct agents *a, struct fetch_task *task);
void agents_note(struct agents *a, const struct fetch_task *task);

/*
 * agents_are_silent -- have they left so many questions unanswered, and none answered since, that
 * what is not urgent is better asked later?
 */
bool agents_are_silent(struct agents *a);

#endif
