/*
 * size_of_log.h -- how many events there are, for tests that look.
 */
#ifndef WEFT_TESTS_SIZE_OF_LOG_H
#define WEFT_TESTS_SIZE_OF_LOG_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "catalog/event_log.h"

static inline uint64_t
size_of_log(struct session *s)
{
	struct err e;
	uint64_t size = 0;
	if (event_log_size(s, &size, &e) != ERR_OK)
		fail_msg("the size of the log: %s", e.message);
	return size;
}

#endif
