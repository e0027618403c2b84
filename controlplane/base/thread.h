/*
 * thread.h -- who goes first when the processor is busy.
 */
#ifndef WEFT_BASE_THREAD_H
#define WEFT_BASE_THREAD_H

/*
 * thread_stand_back -- the calling thread lets others of the process go first, as `nice` does for
 * processes: those that answer readers wait for nobody, and what they ask is little.  A system that
 * does not allow it leaves things as they are.
 */
void thread_stand_back(void);

/*
 * thread_let_others -- a place at which such a thread may be interrupted: a scheduler lets it run
 * on for milliseconds otherwise, however many wait that need microseconds.
 */
void thread_let_others(void);

#endif
