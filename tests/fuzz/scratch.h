/*
 * scratch.h -- a small catalog in a folder of its own, made at the first use and removed when the
 * program ends, at one moment: two domains, three products that depend on each other, one of them
 * retired.
 */
#ifndef WEFT_TESTS_SCRATCH_H
#define WEFT_TESTS_SCRATCH_H

#include "catalog/event_log.h"

struct store *scratch_store(void);

#endif
