/*
 * writer_gate.h -- one writer at a time, and who waits gets in.  Private to catalog/.
 *
 * A mutex alone is not fair: a thread that commits in a loop would take it again before the one
 * that waits has woken up, and the settler would never get its turn.  So one waits for the turn
 * first; it is held only while waiting for the lock, and free while a writer works:
 *
 *     enter:  lock(turn)  lock(lock)  unlock(turn)      leave:  unlock(lock)
 */
#ifndef WEFT_CATALOG_WRITER_GATE_H
#define WEFT_CATALOG_WRITER_GATE_H

#include <pthread.h>

struct writer_gate {
	pthread_mutex_t turn, lock;
};

void writer_gate_init(struct writer_gate *gate);
void writer_gate_done(struct writer_gate *gate);
void writer_gate_enter(struct writer_gate *gate);
void writer_gate_leave(struct writer_gate *gate);

#endif
