/*
 * calls_thread.c -- new threads.
 */
#include <pthread.h>

#include "control.h"

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
	       void *argument)
{
	if (fault_strikes(FAULT_THREAD))
		return fault_error();
	return REAL(pthread_create)(thread, attributes, start, argument);
}
