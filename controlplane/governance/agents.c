/*
 * agents.c -- settings, and the fetcher that all questions go through.
 */
#include "agents.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/document.h"
#include "base/log.h"

enum { LONGEST_TOKEN = 64 * 1024, FAILURES_OF_SILENCE = 16, PAUSE_AFTER_SILENCE = 30 };

struct agents {
	struct agents_options options; /* its texts are in the arena */
	struct arena arena;
	const char **origins; /* those that may be asked; none: any on this machine */
	size_t count;
	struct fetcher *fetcher;
	struct metric *asked, *failed, *seconds;
	atomic_uint failures; /* without an answer between them */
	_Atomic moment failed_at;
};

/* ---- settings ---- */

static enum err_code
take_address(struct agents *a, const char *text, size_t length, size_t *capacity, struct err *e)
{
	const char *address = arena_bytes(&a->arena, text, length);
	const char *origin = fetch_origin(&a->arena, address);
	if (!origin || strncmp(origin, "http", 4) != 0)
		return ERR(e, USAGE,
			   "opa: '%s' is no address of an Open Policy Agent, such as "
			   "'http://127.0.0.1:8181'",
			   address);
	a->origins = arena_grow(&a->arena, a->origins, a->count, capacity, sizeof *a->origins);
	a->origins[a->count++] = origin;
	return ERR_OK;
}

static enum err_code
take_addresses(struct agents *a, struct err *e)
{
	static const char gaps[] = ", \t";
	size_t capacity = 0;
	const char *p = a->options.addresses;
	for (p += strspn(p, gaps); *p; p += strspn(p, gaps)) {
		size_t length = strcspn(p, gaps);
		if (take_address(a, p, length, &capacity, e) != ERR_OK)
			return e->code;
		p += length;
	}
	return ERR_OK;
}

/* Read anew for each question, so that one that is replaced is taken up; NULL: there is none. */
static enum err_code
read_token(const struct agents *a, struct arena *arena, const char **ret_token, struct err *e)
{
	char *text;
	size_t length;
	*ret_token = NULL;
	if (!*a->options.token)
		return ERR_OK;
	enum err_code code = file_read(a->options.token, LONGEST_TOKEN, arena, &text, &length, e);
	if (code != ERR_OK)
		return err_while(e, "the token for Open Policy Agents");
	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		length--;
	text[length] = '\0';
	*ret_token = text;
	return ERR_OK;
}

static enum err_code
check(struct agents *a, struct err *e)
{
	const char *token;
	if (take_addresses(a, e) != ERR_OK)
		return e->code;
	if (*a->options.token && a->count == 0)
		return ERR(e, USAGE, "opa_token: 'opa' must name those that it is for");
	if (read_token(a, &a->arena, &token, e) != ERR_OK)
		return ERR(e, USAGE, "opa_token: %s", e->message);
	return ERR_OK;
}

static void
make_meters(struct agents *a, struct metrics *m)
{
	a->asked = metric_new(m, METRIC_COUNTER, "weft_opa_questions_total", "",
			      "Questions to Open Policy Agents");
	a->failed = metric_new(m, METRIC_COUNTER, "weft_opa_failures_total", "",
			       "Of them, those without an answer of status 200 in time");
	a->seconds = metric_new(m, METRIC_HISTOGRAM, "weft_opa_seconds", "",
				"From such a question to its answer, or its end");
}

enum err_code
agents_create(const struct agents_options *options, struct agents **ret_agents, struct err *e)
{
	struct agents *a = memory_alloc(sizeof *a);
	a->options = *options;
	a->options.addresses = arena_text(&a->arena, options->addresses);
	a->options.token = arena_text(&a->arena, options->token);
	a->options.ca = arena_text(&a->arena, options->ca);
	make_meters(a, options->metrics);
	if (check(a, e) != ERR_OK || fetcher_create(options->at_once, &a->fetcher, e) != ERR_OK) {
		agents_destroy(a);
		return e->code;
	}
	*ret_agents = a;
	return ERR_OK;
}

void
agents_end(struct agents *a)
{
	fetcher_end(a->fetcher);
}

void
agents_destroy(struct agents *a)
{
	if (!a)
		return;
	fetcher_destroy(a->fetcher);
	arena_done(&a->arena);
	free(a);
}

enum err_code
agents_allow(const struct agents *a, const char *url, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *origin = fetch_origin(&arena, url);
	if (!origin)
		return ERR(e, REFUSED, "'%s' is no address", url);
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->origins[i], origin) == 0)
			return ERR_OK;
	if (a->count > 0)
		return ERR(e, REFUSED,
			   "this server does not ask '%s': its setting 'opa' names others", origin);
	if (fetch_is_loopback(origin))
		return ERR_OK;
	return ERR(e, REFUSED,
		   "this server does not ask '%s': its setting 'opa' names nobody, so that it asks "
		   "only on its own machine",
		   origin);
}

/* ---- asking ---- */

static void
set_request(struct agents *a, struct fetch_task *task)
{
	static const char *const headers[] = {"Content-Type: application/json",
					      "Accept: application/json", NULL};
	struct fetch_request *q = &task->request;
	q->method = "POST";
	q->headers = headers;
	q->most = AGENTS_LARGEST_ANSWER;
	q->ca = *a->options.ca ? a->options.ca : NULL;
}

void
agents_prepare(struct agents *a, struct fetch_task *task)
{
	set_request(a, task);
	task->code = agents_allow(a, task->request.url, &task->e);
	if (task->code == ERR_OK)
		task->code = read_token(a, task->arena, &task->request.bearer, &task->e);
}

void
agents_put(struct agents *a, struct fetch_task *task)
{
	if (task->code == ERR_OK)
		fetcher_put(a->fetcher, task);
	else
		task->done(task);
}

void
agents_note(struct agents *a, const struct fetch_task *task)
{
	char status[24];
	metric_add(a->asked, 1);
	metric_observe(a->seconds, task->took);
	if (task->code == ERR_OK && task->response.status == 200) {
		atomic_store(&a->failures, 0);
		return;
	}
	metric_add(a->failed, 1);
	atomic_fetch_add(&a->failures, 1);
	atomic_store(&a->failed_at, clock_monotonic());
	snprintf(status, sizeof status, "status %d", task->response.status);
	LOG(WARN, "an Open Policy Agent did not answer", "url", task->request.url, "error",
	    task->code == ERR_OK ? status : task->e.message);
}

bool
agents_are_silent(struct agents *a)
{
	return atomic_load(&a->failures) >= FAILURES_OF_SILENCE &&
	       clock_monotonic() - atomic_load(&a->failed_at) < SECONDS(PAUSE_AFTER_SILENCE);
}
