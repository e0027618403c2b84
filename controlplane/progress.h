/*
 * progress.h -- what the commands that work on a data folder show meanwhile, and how a signal ends
 * them: what was begun is taken back, not left half-done.
 */
#ifndef WEFT_PROGRESS_H
#define WEFT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* progress_show -- "17 of 80" on one line of a terminal; nothing is said to a file. */
void progress_show(uint64_t done, uint64_t of);

/* progress_take_signals -- SIGINT and SIGTERM are noted from now on; a second one ends at once. */
void progress_take_signals(void);

/* progress_go_on -- progress_show(), and false once there was a signal: for the catalog's
 * `progress`, `user` is not looked at. */
bool progress_go_on(void *user, uint64_t done, uint64_t of);

#endif
