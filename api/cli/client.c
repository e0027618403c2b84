/*
 * client.c -- HTTP through base/fetch.h; a problem document becomes an error and its violations.
 */
#include "client.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/fetch.h"
#include "base/json.h"

/* A page of a thousand events is larger than what a person writes. */
const struct document_limits client_limits = {64u << 20, 8u << 20, 64};

const char *
api_path(struct arena *arena, const char *first, ...)
{
	CLEANUP(buf_done) struct buf b = {0};
	buf_text(&b, "/api/v1");
	va_list parts;
	va_start(parts, first);
	for (const char *part = first; part; part = va_arg(parts, const char *))
		buf_printf(&b, "/%s", fetch_escape(arena, part));
	va_end(parts);
	return arena_bytes(arena, b.data, b.length);
}

const char *
path_with(struct arena *arena, const char *path, const char *key, const char *value)
{
	if (!value)
		return path;
	char mark = strchr(path, '?') ? '&' : '?';
	return arena_printf(arena, "%s%c%s=%s", path, mark, key, fetch_escape(arena, value));
}

enum err_code
reason_check(const char *reason, struct err *e)
{
	if (reason && reason[strspn(reason, " \t\r\n")])
		return ERR_OK;
	return ERR(e, USAGE, "say why with --reason TEXT; it is kept in the log");
}

const char *
path_with_number(struct arena *arena, const char *path, const char *key, uint64_t value)
{
	return path_with(arena, path, key, arena_printf(arena, "%llu", (unsigned long long)value));
}

static bool
is_json(const char *content_type)
{
	size_t length = strcspn(content_type, "; ");
	return (length == 16 && !strncmp(content_type, "application/json", 16)) ||
	       (length == 24 && !strncmp(content_type, "application/problem+json", 24));
}

/* The first row of err.def with this status; for others the nearest in meaning. */
static enum err_code
code_of_status(int status)
{
	static const enum err_code codes[] = {
#define X(code, http, exit, title) ERR_##code,
#include "base/err.def"
#undef X
	};
	for (size_t i = 1; i < ARRAY_LEN(codes); i++)
		if (err_http_status(codes[i]) == status)
			return codes[i];
	return status == 429 ? ERR_BUSY : status >= 500 ? ERR_INTERNAL : ERR_MALFORMED;
}

static enum err_code
not_weft(const struct call *c, const struct answer *a, struct err *e)
{
	return ERR(e, UNREACHABLE, "what answers at %s is no Weft server (status %d, %s)",
		   c->server, a->status,
		   *a->content_type ? a->content_type : "without a content type");
}

static enum err_code
problem_of(struct call *c, const struct answer *a, struct err *e)
{
	if (a->root.kind != NODE_MAP)
		return not_weft(c, a, e);
	c->problem = arena_text(c->arena, a->body);
	enum err_code code = code_of_status(a->status);
	const char *title = node_text(&a->root, "title", err_title(code));
	return err_set(e, code, "%s", node_text(&a->root, "detail", title));
}

enum err_code
client_read(struct call *c, struct arena *arena, const struct fetch_response *rs,
	    struct answer *ret_answer, struct err *e)
{
	*ret_answer =
	    (struct answer){rs->status, rs->content_type, rs->body, rs->body_length, {0}, {0}};
	if (is_json(rs->content_type) &&
	    document_read(DOCUMENT_JSON, rs->body, rs->body_length, &client_limits, arena,
			  &ret_answer->root, e)) {
		err_while(e, "reading the answer of %s", c->server);
		return e->code == ERR_TOO_LARGE ? ERR_TOO_LARGE : (e->code = ERR_UNREACHABLE);
	}
	ret_answer->violations.arena = arena;
	violations_read(node_get(&ret_answer->root, "violations"), &ret_answer->violations);
	if (rs->status >= 300)
		return problem_of(c, ret_answer, e);
	return ERR_OK;
}

enum err_code
client_ask_in(struct call *c, struct arena *arena, const struct question *q,
	      struct answer *ret_answer, struct err *e)
{
	const char *headers[3] = {0};
	size_t count = 0;
	headers[count++] =
	    arena_printf(arena, "Accept: %s", q->accept ? q->accept : "application/json");
	if (q->body)
		headers[count++] = arena_printf(arena, "Content-Type: %s", q->media_type);
	struct fetch_request request = {
	    .method = q->method,
	    .url = arena_printf(arena, "%s%s", c->server, q->path),
	    .headers = headers,
	    .bearer = c->token,
	    .ca = c->ca,
	    .body = q->body,
	    .body_length = q->body_length,
	};
	struct fetch_response response;
	*ret_answer = (struct answer){0};
	enum err_code code = fetch(&request, arena, &response, e);
	if (!code)
		code = client_read(c, arena, &response, ret_answer, e);
	if (!code && !q->accept && response.body_length && ret_answer->root.kind == NODE_NULL)
		return not_weft(c, ret_answer, e);
	return code;
}

enum err_code
client_ask(struct call *c, const struct question *q, struct answer *ret_answer, struct err *e)
{
	return client_ask_in(c, c->arena, q, ret_answer, e);
}

enum err_code
client_get(struct call *c, const char *path, struct answer *ret_answer, struct err *e)
{
	return client_ask(c, &(struct question){.path = path}, ret_answer, e);
}

void
answer_show_json(struct call *c, const struct answer *a)
{
	if (c->out.terminal && a->root.kind != NODE_NULL)
		json_pretty(&c->page, &a->root);
	else
		buf_append(&c->page, a->body, a->length);
	if (c->page.length && c->page.data[c->page.length - 1] != '\n')
		buf_char(&c->page, '\n');
}

enum { MOST_FILE = 64 << 20 };

static enum err_code
read_standard_input(struct call *c, struct sent_file *file, struct err *e)
{
	CLEANUP(buf_done) struct buf b = {0};
	for (;;) {
		char piece[65536];
		ssize_t n = read(STDIN_FILENO, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "reading standard input");
		if (n == 0)
			break;
		if (b.length + (size_t)n > MOST_FILE)
			return ERR(e, TOO_LARGE, "standard input is longer than %d bytes",
				   MOST_FILE);
		buf_append(&b, piece, (size_t)n);
	}
	file->text = arena_bytes(c->arena, b.length ? b.data : "", b.length);
	file->length = b.length;
	return ERR_OK;
}

enum err_code
sent_file_read(struct call *c, const char *path, struct sent_file *ret_file, struct err *e)
{
	size_t length = strlen(path);
	bool json = length > 5 && !strcmp(path + length - 5, ".json");
	*ret_file = (struct sent_file){
	    .name = path, .media_type = json ? "application/json" : "application/yaml"};
	if (!strcmp(path, "-")) {
		ret_file->name = "<stdin>";
		return read_standard_input(c, ret_file, e);
	}
	enum err_code code =
	    file_read(path, MOST_FILE, c->arena, &ret_file->text, &ret_file->length, e);
	/* ERR_IO would end the command with what says that the server is broken. */
	return code == ERR_IO ? (e->code = ERR_USAGE) : code;
}
