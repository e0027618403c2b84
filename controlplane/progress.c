/*
 * progress.c -- a line that is written over, and a flag that a signal sets.
 */
#include "progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t was_interrupted;

void
progress_show(uint64_t done, uint64_t of)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 "%s", done, of, done == of ? "\n" : "");
}

static void
interrupt(int number)
{
	(void)number;
	was_interrupted = 1;
}

void
progress_take_signals(void)
{
	const struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool
progress_go_on(void *user, uint64_t done, uint64_t of)
{
	(void)user;
	progress_show(done, of);
	return !was_interrupted;
}
