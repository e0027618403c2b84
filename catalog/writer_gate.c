/*
 * writer_gate.c -- two mutexes, see the header.
 */
#include "writer_gate.h"

void
writer_gate_init(struct writer_gate *gate)
{
	pthread_mutex_init(&gate->turn, NULL);
	pthread_mutex_init(&gate->lock, NULL);
}

void
writer_gate_done(struct writer_gate *gate)
{
	pthread_mutex_destroy(&gate->lock);
	pthread_mutex_destroy(&gate->turn);
}

void
writer_gate_enter(struct writer_gate *gate)
{
	pthread_mutex_lock(&gate->turn);
	pthread_mutex_lock(&gate->lock);
	pthread_mutex_unlock(&gate->turn);
}

void
writer_gate_leave(struct writer_gate *gate)
{
	pthread_mutex_unlock(&gate->lock);
}
