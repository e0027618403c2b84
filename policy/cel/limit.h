/*
 * limit.h -- which part of an expression reached a limit.
 */
#ifndef WEFT_POLICY_LIMIT_H
#define WEFT_POLICY_LIMIT_H

#include "cel/program.h"

/*
 * limit_name -- the error that a limit of steps or memory is reached, with the part of the source
 * that reached it.  Operations know a place but no span: the source is parsed again, which is cheap
 * beside what has been done.
 */
struct cel_value limit_name(const struct cel_program *p, struct arena *arena,
			    struct cel_value error);

#endif
