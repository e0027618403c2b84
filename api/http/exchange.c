/*
 * exchange.c -- the way of one request: see exchange.h for its steps.
 *
 * libmicrohttpd's trap: an answer queued in the first call of a request closes the connection.  So
 * the first call only looks, also when it already knows that the answer is no; the last call
 * answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server.h"

enum {
	MOST_IDLE_ARENA = 64 * 1024, /* an idle connection keeps no more memory than this */
	MOST_READ_OVER =
	    1 << 20,            /* of a refused body, before the answer is sent ahead of its end */
	MOST_LINGER = 64 << 20, /* of a refused body after that */
	MOST_ID = 64,
};

struct exchange *
exchange_create(struct http *http, struct MHD_Connection *connection)
{
	struct exchange *x = memory_alloc(sizeof(*x));
	x->http = http;
	x->connection = connection;
	keeper_allow(x, 0);
	keeper_add(&http->keeper, x);
	traffic_connections(http->traffic, 1);
	return x;
}

void
exchange_destroy(struct exchange *x)
{
	keeper_remove(&x->http->keeper, x);
	traffic_connections(x->http->traffic, -1);
	arena_done(&x->arena);
	free(x);
}

void
exchange_start(struct exchange *x, const char *line)
{
	keeper_busy(&x->http->keeper, 1);
	traffic_in_flight(x->http->traffic, 1);
	x->stage = STAGE_HEADER;
	x->line = line ? arena_text(&x->arena, line) : NULL;
}

/* splitmix64: ids that differ, and do not tell how many came before. */
static const char *
make_id(struct exchange *x)
{
	uint64_t n = x->http->id_seed +
		     atomic_fetch_add(&x->http->id_count, 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
	n ^= n >> 31;
	static const char digits[] = "0123456789abcdef";
	char *id = arena_alloc(&x->arena, 17);
	for (int i = 0; i < 16; i++)
		id[i] = digits[n >> (60 - 4 * i) & 15];
	return id;
}

static const char *
choose_id(struct exchange *x)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
	const char *given = request_header(&x->rq, "X-Request-Id");
	if (!given)
		return make_id(x);
	size_t length = strspn(given, plain);
	return length > 0 && length <= MOST_ID && given[length] == '\0' ? given : make_id(x);
}

static void
prepare(struct exchange *x, const char *method)
{
	x->stage = STAGE_BODY;
	x->method = method;
	x->rq = (struct request){.path = "",
				 .query = "",
				 .arena = &x->arena,
				 .app = x->http->options.app,
				 .body = "",
				 .violations = {.arena = &x->arena},
				 .connection = x};
	x->rq.id = choose_id(x);
	x->rs = (struct response){.arena = &x->arena};
	x->endpoint = NULL;
	x->allowed = 0;
	x->refusal.code = ERR_OK;
	x->must_close = x->answered = x->streams = false;
	x->received = 0;
	x->answering = clock_monotonic();
}

/* METHODS for one that no route has.  HEAD is GET whose body libmicrohttpd keeps back. */
static int
find_method(const char *name)
{
	if (strcmp(name, "HEAD") == 0)
		return GET;
	int m = 0;
	while (m < METHODS && strcmp(name, method_name((enum method)m)) != 0)
		m++;
	return m;
}

static enum err_code
find_route(struct exchange *x, struct err *e)
{
	struct match match;
	if (!router_match(x->http->router, x->target.parts, x->target.part_count, &match))
		return ERR(e, NOT_FOUND, "there is nothing at %s", x->rq.path);
	for (int m = 0; m < METHODS; m++)
		if (match.by_method[m].route)
			x->allowed |= 1U << m;
	int method = find_method(x->method);
	if (method == METHODS || !match.by_method[method].route)
		return ERR(e, METHOD, "%.20s is not allowed at %s", x->method, x->rq.path);
	const char **values = ARENA_ARRAY(&x->arena, const char *, ROUTE_MOST_VALUES);
	memcpy(values, match.values, sizeof(match.values));
	x->endpoint = &match.by_method[method];
	x->rq.method = (enum method)method;
	x->rq.route = x->endpoint->route;
	x->rq.path_values = values;
	return ERR_OK;
}

/* How often the header says what it may say only once, and whether a name in it is none. */
struct framing {
	unsigned lengths, codings, hosts;
	bool has_odd_name;
};

static enum MHD_Result
look_at_field(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *f = user;
	(void)kind;
	(void)value;
	f->lengths += strcasecmp(name, "Content-Length") == 0;
	f->codings += strcasecmp(name, "Transfer-Encoding") == 0;
	f->hosts += strcasecmp(name, "Host") == 0;
	f->has_odd_name |= name[strcspn(name, " \t")] != '\0';
	return MHD_YES;
}

/*
 * Two ways to say where the body ends, or one that is spelt so that not everybody reads it, and a
 * proxy in front may take another request out of the same bytes than we do (RFC 9112, sections
 * 5.1 and 11.2).
 */
static enum err_code
check_framing(struct exchange *x, struct err *e)
{
	const char *coding = request_header(&x->rq, "Transfer-Encoding");
	struct framing f = {0};
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, look_at_field, &f);
	x->must_close = true;
	if (coding && strcasecmp(coding, "chunked") != 0)
		return ERR(e, MALFORMED, "the transfer coding '%.100s' is not known", coding);
	if (f.lengths + f.codings > 1)
		return ERR(e, MALFORMED, "the request says more than once how long its body is");
	if (f.hosts > 1)
		return ERR(e, MALFORMED, "the request has more than one Host");
	if (f.has_odd_name)
		return ERR(e, MALFORMED, "the name of a header field has a blank in it");
	x->must_close = false;
	return ERR_OK;
}

static uint64_t
stated_length(const struct exchange *x)
{
	const char *length = request_header(&x->rq, "Content-Length");
	return length ? strtoull(length, NULL, 10) : 0;
}

static enum err_code
check_coding(struct exchange *x, struct err *e)
{
	const char *coding = request_header(&x->rq, "Content-Encoding");
	if (!coding || strcasecmp(coding, "identity") == 0)
		return ERR_OK;
	return ERR(e, MEDIA_TYPE, "the body is compressed as '%.100s'; send it as it is", coding);
}

static enum err_code
complain_large(const struct exchange *x, struct err *e)
{
	return ERR(e, TOO_LARGE, "the body is larger than %zu bytes", x->http->options.max_body);
}

/* Everything that the header alone can tell. */
static enum err_code
check_header(struct exchange *x, size_t target_length, struct err *e)
{
	const struct http_options *options = &x->http->options;
	if (check_framing(x, e) != ERR_OK)
		return e->code;
	if (keeper_is_stopping(&x->http->keeper))
		return ERR(e, BUSY, "the server is stopping");
	if (!x->line || strlen(x->line) != target_length)
		return ERR(e, MALFORMED, "the request line is malformed");
	enum err_code parsed = target_parse(x->line, &x->arena, &x->target, e);
	x->rq.path = x->target.path;
	x->rq.query = x->target.query;
	if (parsed != ERR_OK || find_route(x, e) != ERR_OK)
		return e->code;
	if (options->authorize(&x->rq, e) != ERR_OK || check_coding(x, e) != ERR_OK)
		return e->code;
	return stated_length(x) > options->max_body ? complain_large(x, e) : ERR_OK;
}

static bool
waits_for_continue(const struct exchange *x)
{
	const char *expect = request_header(&x->rq, "Expect");
	return expect && strcasecmp(expect, "100-continue") == 0;
}

enum MHD_Result
exchange_begin(struct exchange *x, const char *method, size_t target_length)
{
	prepare(x, method);
	keeper_allow(x, 0);
	if (check_header(x, target_length, &x->refusal) != ERR_OK &&
	    (x->must_close || waits_for_continue(x)))
		return exchange_answer(x);
	return MHD_YES;
}

/* A refused body that has no end in sight: say so now, and listen a little longer so that the
 * answer gets through. */
static void
answer_ahead(struct exchange *x)
{
	problem_write(x, &x->refusal);
	response_send_now(x);
	traffic_answered(x->http->traffic, x);
	keeper_allow_briefly(x);
	x->answered = true;
}

static enum MHD_Result
read_over(struct exchange *x)
{
	buf_done(&x->body);
	if (!x->answered && (x->received > MOST_READ_OVER || stated_length(x) > MOST_READ_OVER))
		answer_ahead(x);
	return x->received > MOST_LINGER ? MHD_NO : MHD_YES;
}

enum MHD_Result
exchange_body(struct exchange *x, const char *bytes, size_t length)
{
	x->received += length;
	if (!x->answered)
		keeper_extend(x, length);
	if (x->refusal.code == ERR_OK && x->received > x->http->options.max_body)
		complain_large(x, &x->refusal);
	if (x->refusal.code != ERR_OK)
		return read_over(x);
	buf_append(&x->body, bytes, length);
	return MHD_YES;
}

static void
end_stream(struct exchange *x)
{
	if (x->rs.stream_end)
		x->rs.stream_end(x->rs.stream_state);
	if (!x->streams)
		return;
	atomic_fetch_sub(&x->http->streams, 1);
	traffic_streams(x->http->traffic, -1);
}

void
exchange_done(struct exchange *x)
{
	if (x->stage == STAGE_IDLE)
		return;
	if (x->stage != STAGE_HEADER)
		end_stream(x);
	buf_done(&x->rs.body);
	x->rs = (struct response){0};
	buf_done(&x->body);
	buf_done(&x->pending);
	x->pending_sent = 0;
	if (x->arena.used > MOST_IDLE_ARENA)
		arena_done(&x->arena);
	else
		arena_reset(&x->arena);
	x->stage = STAGE_IDLE;
	keeper_allow(x, 0);
	traffic_in_flight(x->http->traffic, -1);
	keeper_busy(&x->http->keeper, -1);
}
