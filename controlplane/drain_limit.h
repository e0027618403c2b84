/*
 * drain_limit.h -- a server that stops does so within a limit, whatever it waits for.
 */
#ifndef WEFT_DRAIN_LIMIT_H
#define WEFT_DRAIN_LIMIT_H

#include <signal.h>

#include "base/clock.h"
#include "base/err.h"

/*
 * drain_limit_begin -- from now on the program ends at once, with the status of ERR_TIMEOUT, when
 * `limit` microseconds have passed or when one of `signals` arrives; they must be blocked in every
 * thread.  What was acknowledged is on disk, so that nothing is lost but answers.
 */
enum err_code drain_limit_begin(const sigset_t *signals, moment limit, struct err *e);

#endif
