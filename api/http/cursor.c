/*
 * cursor.c -- where a list goes on: opaque to clients, so that what is inside can change.
 */
#include <string.h>

#include "base/digest.h"
#include "base/utf8.h"

#include "http.h"

enum { CURSOR_MOST_BYTES = 1000 };

const char *
cursor_encode(struct arena *arena, const char *text)
{
	size_t length = strlen(text);
	char *cursor = arena_alloc(arena, base64_size(length));
	base64url_encode(text, length, cursor);
	return cursor;
}

enum err_code
request_cursor(const struct request *rq, const char **ret_text, struct err *e)
{
	const char *cursor = request_query(rq, "cursor");
	*ret_text = NULL;
	if (!cursor)
		return ERR_OK;
	size_t length = 0;
	char *text = arena_alloc(rq->arena, CURSOR_MOST_BYTES + 1);
	if (!*cursor || !base64url_decode(cursor, text, CURSOR_MOST_BYTES, &length) ||
	    memchr(text, '\0', length) || utf8_check(text, length) != length)
		return ERR(e, MALFORMED,
			   "the parameter 'cursor' is not one that a list gave as 'next'");
	*ret_text = text;
	return ERR_OK;
}
