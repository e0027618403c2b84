/*
 * server.c -- libmicrohttpd started, its callbacks led to the exchange of their connection, and
 * stopped in order.
 *
 * Polled with poll(2) by a pool of threads; with epoll 0.9.75 stalls when exactly 128 events are
 * ready at once.
 */
#include "server.h"

#include <sys/socket.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"

#include "address.h"

enum {
	CONNECTION_MEMORY = 32 * 1024, /* the request line and the header must fit */
	LAST_ANSWERS = 2,              /* seconds for those that were still being worked on */
};

static struct exchange *
exchange_at(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
	    ->socket_context;
}

static void
on_connection(void *user, struct MHD_Connection *connection, void **socket_context,
	      enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*socket_context = exchange_create(user, connection);
	else
		exchange_destroy(*socket_context);
}

static void *
on_request_line(void *user, const char *target, struct MHD_Connection *connection)
{
	(void)user;
	struct exchange *x = exchange_at(connection);
	exchange_start(x, target);
	return x;
}

/* Nothing is decoded on the way in: cutting comes before decoding (target.c). */
static size_t
keep_escaped(void *user, struct MHD_Connection *connection, char *text)
{
	(void)user;
	(void)connection;
	return strlen(text);
}

/* The version stands behind the target and one space in the same line: how long the target is, with
 * a NUL or without. */
static size_t
target_length(const char *url, const char *version)
{
	return *version ? (size_t)(version - url) - 1 : 0;
}

static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): its parameters are libmicrohttpd's */
on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
	   const char *version, const char *bytes, size_t *length, void **context)
{
	(void)user;
	(void)connection;
	struct exchange *x = *context;
	if (x->stage == STAGE_HEADER)
		return exchange_begin(x, method, target_length(url, version));
	if (*length == 0)
		return exchange_answer(x);
	enum MHD_Result result = exchange_body(x, bytes, *length);
	*length = 0;
	return result;
}

static void
on_done(void *user, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	(void)user;
	(void)connection;
	(void)code;
	if (*context)
		exchange_done(*context);
	*context = NULL;
}

static void on_complaint(void *user, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));

static void
on_complaint(void *user, const char *format, va_list values)
{
	(void)user;
	if (!log_is_on(LOG_LEVEL_DEBUG))
		return;
	char text[400];
	vsnprintf(text, sizeof(text), format, values);
	text[strcspn(text, "\n")] = '\0';
	LOG(DEBUG, "libmicrohttpd", "says", text);
}

static enum err_code
start_daemon(struct http *h, struct err *e)
{
	const struct http_options *o = &h->options;
	const unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			       MHD_USE_ITC | MHD_USE_ERROR_LOG | (o->certificate ? MHD_USE_TLS : 0);
	/* A pool of one is refused with a warning; then one thread does it all. */
	struct MHD_OptionItem pool[] = {
	    {o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)o->threads,
	     NULL},
	    {MHD_OPTION_END, 0, NULL},
	};
	/* In an array even a function is a pointer to something. */
	struct MHD_OptionItem tls[] = {
	    {o->certificate ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, 0,
	     (void *)certificate_choose},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)certificate_priorities},
	    {MHD_OPTION_END, 0, NULL},
	};
	h->daemon = MHD_start_daemon(
	    flags, 0, NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_complaint, NULL,
	    MHD_OPTION_LISTEN_SOCKET, h->listener, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
	    MHD_OPTION_URI_LOG_CALLBACK, on_request_line, h, MHD_OPTION_UNESCAPE_CALLBACK,
	    keep_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_done, h,
	    MHD_OPTION_CONNECTION_LIMIT, o->max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
	    o->timeout_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, pool, MHD_OPTION_ARRAY, tls,
	    MHD_OPTION_END);
	return h->daemon ? ERR_OK : ERR(e, IO, "the HTTP server did not start on %s", o->listen);
}

static void
free_http(struct http *h)
{
	certificates_done(&h->certificates);
	arena_done(&h->arena);
	free(h);
}

/* What can be wrong with the program itself is found before a socket is opened. */
static enum err_code
prepare(struct http *h, struct err *e)
{
	const struct http_options *o = &h->options;
	bool is_new;
	if (router_create(o->tables, &h->arena, &h->router, e) != ERR_OK)
		return e->code;
	if (o->certificate &&
	    certificates_load(&h->certificates, o->certificate, o->key, &is_new, e) != ERR_OK)
		return e->code;
	h->traffic = traffic_create(o->metrics, o->tables, router_count(h->router), &h->arena);
	random_bytes(&h->id_seed, sizeof(h->id_seed));
	return address_listen(o->listen, &h->listener, &h->port, e);
}

static enum err_code
open_workers(struct http *h, struct err *e)
{
	if (workers_open(&h->workers, HTTP_WORKERS, e) != ERR_OK)
		return e->code;
	if (workers_open(&h->waiters, HTTP_WAITERS, e) == ERR_OK)
		return ERR_OK;
	workers_finish(&h->workers);
	workers_done(&h->workers);
	return e->code;
}

/* The workers first: they may still hand a request on to the waiters. */
static void
finish_workers(struct http *h)
{
	workers_finish(&h->workers);
	workers_finish(&h->waiters);
}

static void
close_workers(struct http *h)
{
	workers_done(&h->workers);
	workers_done(&h->waiters);
}

enum err_code
http_start(const struct http_options *options, struct http **ret_http, struct err *e)
{
	struct http *h = memory_alloc(sizeof(*h));
	h->options = *options;
	if (prepare(h, e) != ERR_OK)
		goto err0;
	if (keeper_open(&h->keeper, e) != ERR_OK)
		goto err1;
	if (open_workers(h, e) != ERR_OK)
		goto err2;
	if (start_daemon(h, e) != ERR_OK)
		goto err3;
	*ret_http = h;
	return ERR_OK;
err3:
	finish_workers(h);
	close_workers(h);
err2:
	keeper_close(&h->keeper);
err1:
	close(h->listener);
err0:
	free_http(h);
	return e->code;
}

enum err_code
http_reload_certificate(struct http *h, const char *certificate, const char *key, bool *ret_is_new,
			struct err *e)
{
	if (!h->options.certificate)
		return ERR(e, USAGE, "the server was started without TLS");
	return certificates_load(&h->certificates, certificate, key, ret_is_new, e);
}

moment
http_certificate_expires(const struct http *h)
{
	const struct certificate *now = atomic_load(&h->certificates.now);
	return now ? now->expires : 0;
}

unsigned
http_port(const struct http *h)
{
	return h->port;
}

/*
 * In this order: no new connections; the streams end and the answers go out; nobody holds a
 * suspended connection any more, which libmicrohttpd would not survive; then the connections are
 * closed.
 */
void
http_stop(struct http *h)
{
	if (!h)
		return;
	const struct http_options *o = &h->options;
	MHD_quiesce_daemon(h->daemon);
	shutdown(h->listener, SHUT_RD); /* who comes now does not wait in vain */
	keeper_finish(&h->keeper,
		      SECONDS((moment)(o->drain_seconds ? o->drain_seconds : o->timeout_seconds)));
	finish_workers(h);
	keeper_await(&h->keeper);
	keeper_finish(&h->keeper, SECONDS(LAST_ANSWERS));
	MHD_stop_daemon(h->daemon);
	keeper_close(&h->keeper);
	close_workers(h);
	close(h->listener);
	free_http(h);
}
