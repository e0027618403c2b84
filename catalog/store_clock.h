/*
 * store_clock.h -- the time as the catalog has it: that of the machine, but never before what it
 * has committed.
 *
 * The times in the log do not go back when the machine's clock does.  If the clock that jobs are
 * due by did, work would wait until it has caught up; if it stood still, whatever is to be tried
 * again in a minute would be due at once, or never.  So it goes on from the last commit, at the
 * pace of clock_monotonic().
 *
 * Private to catalog/.  Shared by threads.
 */
#ifndef WEFT_CATALOG_STORE_CLOCK_H
#define WEFT_CATALOG_STORE_CLOCK_H

#include "base/clock.h"

struct store_clock {
	struct clock machine;
	_Atomic moment ahead; /* of clock_monotonic, at least; by the latest commit */
};

void store_clock_init(struct store_clock *c, struct clock machine);

/* store_clock_note -- something was committed with this time. */
void store_clock_note(struct store_clock *c, moment t);

moment store_clock_now(const struct store_clock *c);

#endif
