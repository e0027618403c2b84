/*
 * thread.c -- on Linux each thread has a priority of its own (setpriority(2), "C library/kernel
 * differences").
 */
#include "thread.h"

#include <sys/resource.h>

#include <sched.h>

enum { NICENESS = 10 };

void
thread_stand_back(void)
{
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
}

void
thread_let_others(void)
{
	sched_yield();
}
