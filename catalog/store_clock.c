/*
 * store_clock.c -- see store_clock.h.
 */
#include "store_clock.h"

#include <stdatomic.h>

void
store_clock_init(struct store_clock *c, struct clock machine)
{
	c->machine = machine;
	atomic_init(&c->ahead, -clock_monotonic()); /* 1970 */
}

void
store_clock_note(struct store_clock *c, moment t)
{
	moment ahead = t - clock_monotonic(), known = atomic_load(&c->ahead);
	while (ahead > known && !atomic_compare_exchange_weak(&c->ahead, &known, ahead))
		;
}

moment
store_clock_now(const struct store_clock *c)
{
	moment now = clock_now(&c->machine), least = clock_monotonic() + atomic_load(&c->ahead);
	return c->machine.fixed || now > least ? now : least;
}
