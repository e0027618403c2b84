/*
 * one_request.c -- instead of a connection.
 *
 * api/http asks libmicrohttpd for one thing only when it looks at a request: for a header.  The
 * function of that name here is found before the library's.
 */
#include "one_request.h"

#include <string.h>
#include <strings.h>

void
one_request_init(struct one_request *r)
{
	*r = (struct one_request){.header_count = 0};
	struct exchange *x = &r->exchange;
	x->connection = (struct MHD_Connection *)(void *)r;
	x->rq.connection = x;
	x->rq.arena = x->rs.arena = &x->arena;
	x->rq.violations.arena = &x->arena;
	x->rq.id = "fuzz";
	x->rq.body = "";
}

void
one_request_done(struct one_request *r)
{
	struct response *rs = &r->exchange.rs;
	if (rs->stream_end)
		rs->stream_end(rs->stream_state);
	buf_done(&rs->body);
	arena_done(&r->exchange.arena);
}

void
one_request_header(struct one_request *r, const char *name, const char *value)
{
	if (r->header_count == ONE_REQUEST_MOST_HEADERS)
		return;
	r->headers[r->header_count].name = name;
	r->headers[r->header_count++].value = value;
}

char *
one_request_header_lines(struct one_request *r, char *lines)
{
	while (*lines && *lines != '\n') {
		char *line = lines, *end = lines + strcspn(lines, "\n");
		lines = *end ? end + 1 : end;
		*end = '\0';
		char *value = strchr(line, ':');
		if (!value)
			continue;
		*value++ = '\0';
		one_request_header(r, line, value + strspn(value, " \t"));
	}
	return *lines ? lines + 1 : lines;
}

const char *
MHD_lookup_connection_value(struct MHD_Connection *connection, enum MHD_ValueKind kind,
			    const char *key)
{
	const struct one_request *r = (const void *)connection;
	for (size_t i = 0; kind == MHD_HEADER_KIND && i < r->header_count; i++)
		if (strcasecmp(r->headers[i].name, key) == 0)
			return r->headers[i].value;
	return NULL;
}
