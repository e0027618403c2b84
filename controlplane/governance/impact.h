/*
 * impact.h -- what a policy would do to the mesh, before anybody votes on it: every product in
 * force is judged by it and by the version of it that is in force now (if there is one), and the
 * two are compared.  Nothing is changed.
 *
 *     refused, warned, audited    it would be, and is not now
 *     cured                       it is now one of these, and would not be any more
 *     unchanged                   all others, those among them that stay refused
 *
 * The work is done by two threads of the impact's own, a page of products at a time and each page
 * with a snapshot of its own.  Where an Open Policy Agent decides, it is asked about a page at
 * once, without a snapshot, and about a mesh or a domain of at most IMPACT_MOST_ASKED products;
 * when it leaves a question unanswered, the work ends with that.  What they find is given in one of
 * two forms:
 *
 *     lines    {"kind": "progress", ...}, {"kind": "product", ...} ... {"kind": "summary", ...},
 *              taken as they come with impact_take(); a taker who is slow makes the threads wait,
 *              and one who takes nothing for a while ends it
 *     whole    one answer, with the first products of each kind, once `done` was called
 */
#ifndef WEFT_GOVERNANCE_IMPACT_H
#define WEFT_GOVERNANCE_IMPACT_H

#include "governance/governance.h"

/* How many go on at a time; whoever comes then is told to come again. */
enum {
	IMPACTS_AT_ONCE = 2,
	IMPACT_THREADS = 2,
	IMPACT_MOST_LISTED = 1000,
	IMPACT_MOST_ASKED = 500
};

struct impact;

struct impact_plan {
	const struct submission *document; /* the policy; it need not outlive impact_begin() */
	const char *domain;                /* only its products; NULL: all */
	uint64_t as_of;                    /* the mesh as it was after this event; 0: now */
	moment as_of_time;

	bool whole;
	size_t most; /* products of each kind in the whole answer, up to IMPACT_MOST_LISTED */

	/*
	 * Asked every few milliseconds, on any thread; false ends the work.  `done` is called once,
	 * on any thread, when it has ended, which may be before impact_begin() returns; each may be
	 * NULL.
	 */
	bool (*may_go_on)(void *user);
	void (*done)(void *user, struct impact *i);
	void *user; /* outlives the work */
};

/*
 * impact_begin -- compiles the policy and starts.  Fails, with complaints in `violations`, as
 * policy_define() does; and with ERR_BUSY.
 */
enum err_code impact_begin(struct governance *g, const struct impact_plan *plan,
			   struct arena *arena, struct violations *violations,
			   struct impact **ret_impact, struct err *e);

/* impact_take -- the lines that there are, appended; waits for nobody.  False: there will be none
 * any more.  What went wrong in the middle is the last line. */
bool impact_take(struct impact *i, struct buf *out);

/* impact_result -- the whole answer, within `done` or after it. */
enum err_code impact_result(struct impact *i, struct buf *out, struct err *e);

/* impact_end -- in every case, once; what still goes on is given up.  Waits for nobody. */
void impact_end(struct impact *i);

#endif
