/*
 * drain_limit.c -- one thread that waits for the signal or the hour.  It is never joined: a program
 * that is done ends it by ending.
 */
#include "drain_limit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

struct watch {
	sigset_t signals;
	moment end; /* of clock_monotonic */
};

static void
wait_for_either(const struct watch *w)
{
	for (;;) {
		moment left = w->end - clock_monotonic();
		if (left <= 0) {
			LOG(ERROR, "not all could be finished in time");
			return;
		}
		const struct timespec patience = {.tv_sec = left / SECONDS(1),
						  .tv_nsec = left % SECONDS(1) * 1000};
		int number = sigtimedwait(&w->signals, NULL, &patience);
		if (number > 0) {
			LOG(WARN, "ended at once", "signal", strsignal(number));
			return;
		}
	}
}

static void *
watch(void *user)
{
	struct watch w = *(struct watch *)user;
	free(user);
	wait_for_either(&w);
	_exit(err_exit_status(ERR_TIMEOUT));
}

enum err_code
drain_limit_begin(const sigset_t *signals, moment limit, struct err *e)
{
	pthread_t thread;
	struct watch *w = memory_alloc(sizeof *w);
	*w = (struct watch){.signals = *signals, .end = clock_monotonic() + limit};
	int number = pthread_create(&thread, NULL, watch, w);
	if (number != 0) {
		free(w);
		return err_errno(e, number, "starting a thread");
	}
	pthread_detach(thread);
	return ERR_OK;
}
