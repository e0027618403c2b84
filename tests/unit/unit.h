/*
 * unit.h -- cmocka, with the headers that it wants to see before itself.
 */
#ifndef WEFT_TESTS_UNIT_H
#define WEFT_TESTS_UNIT_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#endif
