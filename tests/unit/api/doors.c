/*
 * doors.c -- what the program's main does, without the program.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "doors.h"

#include <string.h>

#include "base/digest.h"

static void
must(enum err_code code, const struct err *e)
{
	if (code != ERR_OK)
		fail_msg("%s", e->message);
}

void
doors_open(struct doors *d, bool development)
{
	struct err e = {0};
	*d = (struct doors){.ready = true};
	folder_make(&d->folder);
	d->config.dev = development;
	const struct store_options options = {
	    .folder = d->folder.path, .origin = "test", .mode = STORE_SERVE, .readers = 2};
	struct services *s = &d->services;
	*s = (struct services){
	    .config = &d->config, .ready = &d->ready, .metrics = metrics_create()};
	must(digest_start_up(&e), &e);
	must(store_open(&options, &s->store, &e), &e);
	must(governance_create(s->store, &s->governance, &e), &e);
	s->identity = identity_create(s->store, development);
	s->cache = answer_cache_create(s->store, 1 << 20);
	const struct http_options http = {
	    .listen = "127.0.0.1:0",
	    .threads = 2,
	    .max_connections = 64,
	    .timeout_seconds = 10,
	    .max_body = 1 << 20,
	    .tables = api_tables,
	    .app = s,
	    .metrics = s->metrics,
	    .authorize = api_authorize,
	};
	must(http_start(&http, &d->http, &e), &e);
}

void
doors_close(struct doors *d)
{
	http_stop(d->http);
	answer_cache_destroy(d->services.cache);
	identity_destroy(d->services.identity);
	governance_destroy(d->services.governance);
	store_close(d->services.store);
	metrics_destroy(d->services.metrics);
	folder_remove(&d->folder);
}

void
doors_ask(struct doors *d, const char *method, const char *target, const char *header,
	  const char *body, struct answer *a)
{
	CLEANUP(buf_done) struct buf text = {0};
	buf_printf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, target,
		   header ? header : "");
	if (body)
		buf_printf(&text, "Content-Length: %zu\r\n", strlen(body));
	buf_printf(&text, "\r\n%s", body ? body : "");
	wire_ask(http_port(d->http), text.data, a);
}
