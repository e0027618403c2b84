/*
 * fake_server.c -- libmicrohttpd with one thread of its own.
 */
#include "fake_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_server {
	struct MHD_Daemon *daemon;
	const struct fake_answer *answers;
	char url[64];
	struct fake_request last;
	size_t requests;
};

static void
keep(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "");
}

static enum MHD_Result
add_argument(void *user, enum MHD_ValueKind kind, const char *key, const char *value)
{
	char *target = user;
	size_t used = strlen(target);
	(void)kind;
	snprintf(target + used, 2000 - used, "%c%s=%s", strchr(target, '?') ? '&' : '?', key,
		 value ? value : "");
	return MHD_YES;
}

static void
remember(struct fake_server *s, struct MHD_Connection *connection, const char *url,
	 const char *method)
{
	struct fake_request *r = &s->last;
	memset(r, 0, sizeof *r);
	keep(r->method, sizeof r->method, method);
	keep(r->target, sizeof r->target, url);
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_argument, r->target);
	keep(r->type, sizeof r->type,
	     MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type"));
	keep(r->accept, sizeof r->accept,
	     MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept"));
	keep(r->authorization, sizeof r->authorization,
	     MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization"));
	s->requests++;
}

static const struct fake_answer *
choose(const struct fake_server *s)
{
	static const struct fake_answer nothing = {
	    "", "", 404, "application/problem+json",
	    "{\"title\":\"Not found\",\"status\":404,\"detail\":\"there is nothing here\"}"};
	for (const struct fake_answer *a = s->answers; a->path; a++) {
		size_t length = strlen(a->path);
		bool begins = strncmp(s->last.target, a->path, length) == 0;
		bool ends = begins && strchr("?&", s->last.target[length]);
		if (ends && strcmp(a->method, s->last.method) == 0)
			return a;
	}
	return &nothing;
}

static enum MHD_Result
answer(struct fake_server *s, struct MHD_Connection *connection)
{
	const struct fake_answer *a = choose(s);
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    strlen(a->body), (void *)a->body, MHD_RESPMEM_MUST_COPY);
	MHD_add_response_header(response, "Content-Type", a->type ? a->type : "application/json");
	enum MHD_Result result = MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return result;
}

/* Called once with the headers, then with the body's pieces, then to answer. */
static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): its parameters are libmicrohttpd's */
handle(void *user, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *piece, size_t *length, void **state)
{
	struct fake_server *s = user;
	(void)version;
	if (!*state) {
		*state = s;
		remember(s, connection, url, method);
		return MHD_YES;
	}
	if (*length > 0) {
		size_t used = strlen(s->last.body);
		snprintf(s->last.body + used, sizeof s->last.body - used, "%.*s", (int)*length,
			 piece);
		*length = 0;
		return MHD_YES;
	}
	return answer(s, connection);
}

struct fake_server *
fake_server_start(const struct fake_answer *answers)
{
	struct fake_server *s = calloc(1, sizeof *s);
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	s->answers = answers;
	s->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL,
				     handle, s, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
	if (!s->daemon)
		abort();
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u",
		 (unsigned)MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	return s;
}

void
fake_server_stop(struct fake_server *s)
{
	MHD_stop_daemon(s->daemon);
	free(s);
}

const char *
fake_server_url(const struct fake_server *s)
{
	return s->url;
}

const struct fake_request *
fake_server_last(const struct fake_server *s)
{
	return &s->last;
}

size_t
fake_server_requests(const struct fake_server *s)
{
	return s->requests;
}
