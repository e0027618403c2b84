/*
 * response.c -- a filled response, handed to libmicrohttpd.
 */
#include <sys/socket.h>

#include <assert.h>
#include <stdlib.h>

#include "server.h"

void
response_header(struct response *rs, const char *name, const char *value)
{
	assert(rs->header_count < ARRAY_LEN(rs->headers));
	rs->headers[rs->header_count].name = name;
	rs->headers[rs->header_count].value = value;
	rs->header_count++;
}

static struct MHD_Response *
make_response(struct exchange *x)
{
	struct response *rs = &x->rs;
	if (rs->stream)
		return stream_response(x);
	keeper_allow(x, rs->body.length);
	if (rs->body.length == 0)
		return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
	size_t length = rs->body.length;
	char *bytes = buf_take(&rs->body);
	struct MHD_Response *made =
	    MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
	if (!made)
		free(bytes);
	return made;
}

/* What we write ourselves lacks nothing but memory. */
static void
must_add(struct MHD_Response *made, const char *name, const char *value)
{
	if (MHD_add_response_header(made, name, value) != MHD_YES)
		memory_exhausted();
}

/* A value that came from a client or a document could hold what no header may; then there is no
 * such header. */
static void
add(struct MHD_Response *made, const char *name, const char *value)
{
	(void)MHD_add_response_header(made, name, value);
}

static void
add_headers(struct exchange *x, struct MHD_Response *made)
{
	const struct response *rs = &x->rs;
	if (rs->status != 304 && rs->status != 204)
		must_add(made, "Content-Type",
			 rs->content_type ? rs->content_type : "application/json");
	if (rs->etag)
		add(made, "ETag", arena_printf(&x->arena, "\"%s\"", rs->etag));
	if (rs->replayed)
		must_add(made, "Idempotent-Replayed", "true");
	for (size_t i = 0; i < rs->header_count; i++)
		add(made, rs->headers[i].name, rs->headers[i].value);
	must_add(made, "X-Content-Type-Options", "nosniff");
	add(made, "X-Request-Id", x->rq.id);
	if (keeper_is_stopping(&x->http->keeper))
		add(made, "Connection", "close");
}

enum MHD_Result
response_queue(struct exchange *x)
{
	struct MHD_Response *made = make_response(x);
	if (!made)
		return MHD_NO;
	add_headers(x, made);
	enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned)x->rs.status, made);
	MHD_destroy_response(made);
	return queued;
}

/* Past libmicrohttpd, on the connection's own thread: nobody else uses the session meanwhile. */
static ssize_t
send_bytes(const struct exchange *x, int socket, const struct buf *text)
{
	const union MHD_ConnectionInfo *tls =
	    MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (tls && tls->tls_session)
		return gnutls_record_send(tls->tls_session, text->data, text->length);
	return send(socket, text->data, text->length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
response_send_now(struct exchange *x)
{
	const struct response *rs = &x->rs;
	CLEANUP(buf_done) struct buf text = {0};
	buf_printf(&text, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n",
		   rs->status, err_title(x->refusal.code), rs->content_type, rs->body.length);
	for (size_t i = 0; i < rs->header_count; i++)
		buf_printf(&text, "%s: %s\r\n", rs->headers[i].name, rs->headers[i].value);
	buf_printf(&text, "X-Request-Id: %s\r\nConnection: close\r\n\r\n", x->rq.id);
	buf_append(&text, rs->body.data, rs->body.length);
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info && send_bytes(x, info->connect_fd, &text) >= 0)
		shutdown(info->connect_fd, SHUT_WR);
}
