/*
 * A few thousand random programs over random documents, the same in every run: what the fuzz target
 * of the same name (tests/fuzz/fuzz_cel_random.c) says that must hold, holds.
 */
#include "fuzz/fuzz.h"

#include "expression.h"

enum { PROGRAMS = 3000, SHORTEST = 20, LONGEST = 400 };

static uint32_t
next_random(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 16) % below;
}

/* Aborts with the expression where something does not hold. */
static void
random_programs_give_the_same_however_they_are_compiled(void **state)
{
	(void)state;
	uint32_t random = 4;
	for (int i = 0; i < PROGRAMS; i++) {
		uint8_t choices[LONGEST];
		size_t length = SHORTEST + next_random(&random, LONGEST - SHORTEST);
		for (size_t k = 0; k < length; k++)
			choices[k] = (uint8_t)next_random(&random, 256);
		assert_int_equal(LLVMFuzzerTestOneInput(choices, length), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_programs_give_the_same_however_they_are_compiled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
