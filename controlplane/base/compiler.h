/*
 * compiler.h -- the few compiler extensions that Weft relies on, each behind a name.
 *
 * gcc 12 and clang 14 both have them.  Everything else is plain C17.
 */
#ifndef WEFT_BASE_COMPILER_H
#define WEFT_BASE_COMPILER_H

#include <stddef.h>

/* The arguments from `first` on are checked against the printf format at `fmt`. */
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* Run `close(&variable)` when the variable's scope ends, by whatever way. */
#define CLEANUP(close) __attribute__((cleanup(close)))

/* The caller must look at what comes back. */
#define MUST_USE     __attribute__((warn_unused_result))

#define NORETURN     __attribute__((noreturn))
#define UNUSED       __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
