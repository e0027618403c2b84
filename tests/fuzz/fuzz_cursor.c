/*
 * fuzz_cursor.c -- cursors of lists: what a list gave comes back as it was, and what is taken of a
 * stranger's is text.
 */
#include "base/utf8.h"

#include "fuzz.h"
#include "one_request.h"

enum { MOST_BYTES = 1000 };

static enum err_code
read_cursor(struct one_request *r, const char *cursor, const char **ret_text, struct err *e)
{
	struct query_pair pair = {"cursor", cursor};
	r->exchange.target.pairs = &pair;
	r->exchange.target.pair_count = 1;
	enum err_code code = request_cursor(&r->exchange.rq, ret_text, e);
	r->exchange.target.pairs = NULL;
	r->exchange.target.pair_count = 0;
	return code;
}

static void
check_given(struct one_request *r, const char *text)
{
	size_t length = strlen(text);
	const char *again = NULL;
	struct err e = {0};
	if (length == 0 || length > MOST_BYTES || utf8_check(text, length) != length)
		return;
	const char *cursor = cursor_encode(&r->exchange.arena, text);
	MUST(strspn(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
	     strlen(cursor));
	MUST(!read_cursor(r, cursor, &again, &e));
	MUST(strcmp(again, text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct one_request r;
	struct err e = {0};
	const char *text = NULL;
	char *input = fuzz_text(bytes, length);
	one_request_init(&r);
	if (read_cursor(&r, input, &text, &e))
		MUST(e.code == ERR_MALFORMED && e.message[0]);
	else
		check_given(&r, text);
	check_given(&r, input);
	one_request_done(&r);
	free(input);
	return 0;
}
