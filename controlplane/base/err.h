/*
 * err.h -- what went wrong, in the caller's storage.
 *
 * A call that can fail returns an `enum err_code` (ERR_OK is 0) and fills the caller's `struct
 * err`, always its last parameter.  No allocation, no thread-local state.  The lowest layer says
 * what happened; each layer above may add what it was doing with err_while(); only the outermost
 * (a request, a job, main) prints or logs.
 *
 *     if (!d)
 *             return ERR(e, NOT_FOUND, "no data product named '%s'", name);
 */
#ifndef WEFT_BASE_ERR_H
#define WEFT_BASE_ERR_H

#include <stdint.h>

#include "base/compiler.h"

enum err_code {
#define X(code, http, exit, title) ERR_##code,
#include "base/err.def"
#undef X
};

/*
 * A place in a text.  Lines and columns count from 1, columns in code points; line 0 means "no
 * place".
 */
struct position {
	uint32_t line, column;
};

struct err {
	enum err_code code;
	struct position at; /* where in the input, if the input is a text */
	char message[1000]; /* one sentence without a full stop: what, and which value */
};

/* Fill `e` and give the code back.  A message that is too long is cut at a character's boundary. */
#define ERR(e, code, ...) err_set((e), ERR_##code, __VA_ARGS__)

/*
 * The same for an input that has lines: the message is kept without its place, which goes to
 * `e->at`.
 */
#define ERR_AT(e, code, place, ...) err_set_at((e), ERR_##code, (place), __VA_ARGS__)

enum err_code err_set(struct err *e, enum err_code code, const char *format, ...) PRINTF(3, 4);
enum err_code err_set_at(struct err *e, enum err_code code, struct position at, const char *format,
			 ...) PRINTF(4, 5);

/*
 * err_while -- put what was being done before the message: "reading 'a.yaml': 7:12: owner:
 * expected text, found a list". The place, if there is one, moves into the text.  Gives e->code
 * back.
 */
enum err_code err_while(struct err *e, const char *format, ...) PRINTF(2, 3);

/*
 * err_errno -- the failure of a system call: ENOSPC and EDQUOT are NO_SPACE, ENOENT is NOT_FOUND,
 * all else IO.
 */
enum err_code err_errno(struct err *e, int number, const char *format, ...) PRINTF(3, 4);

/* The columns of err.def. */
int err_http_status(enum err_code code);
int err_exit_status(enum err_code code);
const char *err_title(enum err_code code);

#endif
