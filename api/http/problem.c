/*
 * problem.c -- what went wrong, as a problem document.
 *
 * Source: RFC 9457.  Members beyond its own: `line` and `column` where the error has a place,
 * `violations` where handlers complained.
 */
#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"

#include "exchange.h"

static const char *const code_names[] = {
#define X(code, http, exit, title) #code,
#include "base/err.def"
#undef X
};

/* "urn:weft:problem:not-found": names the kind, for programs. */
static const char *
problem_type(enum err_code code, struct arena *arena)
{
	char *type = arena_printf(arena, "urn:weft:problem:%s", code_names[code]);
	for (char *p = type + strlen("urn:weft:problem:"); *p; p++)
		*p = (char)(*p == '_' ? '-' : tolower((unsigned char)*p));
	return type;
}

/* What broke inside names files and tables: for the operator's log, not for whoever asks. */
static bool
is_internal(enum err_code code)
{
	return code == ERR_INTERNAL || code == ERR_IO || code == ERR_CORRUPT;
}

static const char *
detail_of(const struct exchange *x, const struct err *e, struct arena *arena)
{
	if (!is_internal(e->code))
		return e->message;
	LOG(ERROR, "request failed", "id", x->rq.id, "path", x->rq.path, "error", e->message);
	return arena_printf(arena, "the server failed; its log says why, under the request id %s",
			    x->rq.id);
}

static void
write_document(struct exchange *x, const struct err *e)
{
	struct json j = {.out = &x->rs.body};
	json_begin_map(&j);
	json_member_text(&j, "type", problem_type(e->code, &x->arena));
	json_member_text(&j, "title", err_title(e->code));
	json_member_int(&j, "status", err_http_status(e->code));
	json_member_text(&j, "detail", detail_of(x, e, &x->arena));
	json_member_text(&j, "instance", x->rq.path);
	if (e->at.line) {
		json_member_int(&j, "line", e->at.line);
		json_member_int(&j, "column", e->at.column);
	}
	if (x->rq.violations.count) {
		json_key(&j, "violations");
		violations_write(&x->rq.violations, &j);
	}
	json_end_map(&j);
}

/* The methods that stand at this path, "GET, HEAD, POST". */
static const char *
allowed_methods(const struct exchange *x)
{
	CLEANUP(buf_done) struct buf names = {0};
	for (int m = 0; m < METHODS; m++)
		if (x->allowed & (1U << m))
			buf_printf(&names, "%s%s", names.length ? ", " : "",
				   m == GET ? "GET, HEAD" : method_name((enum method)m));
	return arena_text(x->rq.arena, names.length ? names.data : "");
}

static void
add_headers(struct exchange *x, enum err_code code)
{
	bool has_token = request_header(&x->rq, "Authorization") != NULL;
	switch (code) {
	case ERR_UNAUTHENTICATED:
		response_header(&x->rs, "WWW-Authenticate", /* RFC 6750, section 3 */
				has_token ? "Bearer realm=\"weft\", error=\"invalid_token\""
					  : "Bearer realm=\"weft\"");
		break;
	case ERR_METHOD:
		response_header(&x->rs, "Allow", allowed_methods(x));
		break;
	case ERR_BUSY:
	case ERR_UNAVAILABLE:
		response_header(&x->rs, "Retry-After", "1");
		break;
	default:
		break;
	}
}

void
problem_write(struct exchange *x, const struct err *e)
{
	struct response *rs = &x->rs;
	buf_clear(&rs->body);
	rs->status = err_http_status(e->code);
	rs->content_type = "application/problem+json";
	rs->etag = NULL;
	rs->header_count = 0;
	rs->stream = NULL;
	write_document(x, e);
	add_headers(x, e->code);
}
