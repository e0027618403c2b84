/*
 * cmocka_first.h -- cmocka and the headers that it wants before it.
 */
#ifndef WEFT_TEST_CMOCKA_FIRST_H
#define WEFT_TEST_CMOCKA_FIRST_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#endif
