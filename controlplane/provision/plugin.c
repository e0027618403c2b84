/*
 * plugin.c -- see plugin.h.
 *
 * Two locks.  The lane is held for a whole call and guards the process and the count of requests.
 * `lock` is held for moments and guards what others ask about the plugin: what it said of itself,
 * its state, its failures. Reads in this order: what it says of itself, failing and resting,
 * speaking, starting, calling, telling about it.
 */
#include "plugin.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/process.h"

#include "lane.h"
#include "plugin_environment.h"

/* AddressSanitizer and ThreadSanitizer reserve terabytes of addresses. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOST_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MOST_MEMORY 0
#endif
#endif
#ifndef MOST_MEMORY
#define MOST_MEMORY (UINT64_C(1) << 30)
#endif

enum {
	MOST_FILES = 256,
	GOODBYE = 1000000, /* microseconds for ending by itself */
};

/* What it said of itself. */
struct description {
	struct arena arena; /* holds the rest */
	bool known;
	const char *text;
	const char *settings_schema; /* JSON */
	const struct node *roles, *verbs;
};

struct plugin {
	struct arena arena; /* holds the options' texts */
	struct plugin_options options;
	atomic_bool refusing;

	struct lane lane;
	struct process process; /* in the lane */
	int64_t requests;       /* in the lane */

	pthread_mutex_t lock;
	struct description description;
	bool broken;
	struct err last;    /* failure */
	unsigned failures;  /* in a row */
	moment rests_until; /* clock_monotonic */
	int64_t starts;

	struct metric *answered, *refused, *failed, *seconds, *restarts;
};

/* ---- what it says of itself ---- */

static bool
is_list_of_texts(const struct node *list)
{
	if (!list || list->kind != NODE_LIST)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		if (list->items[i].kind != NODE_TEXT)
			return false;
	return true;
}

static bool
list_has(const struct node *list, const char *text)
{
	for (uint32_t i = 0; list && i < list->count; i++)
		if (strcmp(list->items[i].text, text) == 0)
			return true;
	return false;
}

static const char *
schema_text(const struct node *schema, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	if (!schema || schema->kind != NODE_MAP)
		return "{}";
	json_node(&(struct json){.out = &text}, schema);
	return arena_bytes(arena, text.data, text.length);
}

/* The new description takes the place of the old one; `*d` is the plugin's afterwards. */
static void
replace_description(struct plugin *p, const struct description *d)
{
	pthread_mutex_lock(&p->lock);
	struct arena old = p->description.arena;
	p->description = *d;
	pthread_mutex_unlock(&p->lock);
	arena_done(&old);
}

static enum err_code
read_description(struct plugin *p, const struct node *result, struct description *d, struct err *e)
{
	d->text = node_text(result, "description", "");
	d->roles = node_get(result, "roles");
	d->verbs = node_get(result, "verbs");
	d->settings_schema = schema_text(node_get(result, "settings_schema"), &d->arena);
	d->known = true;
	if (strcmp(node_text(result, "name", ""), p->options.name) != 0)
		return ERR(e, UNREACHABLE, "calls itself '%.50s', but its file is named '%s'",
			   node_text(result, "name", ""), p->options.name);
	if (!is_list_of_texts(d->roles) || !is_list_of_texts(d->verbs))
		return ERR(e, UNREACHABLE, "described itself without its roles and verbs");
	return ERR_OK;
}

static bool
described_has(struct plugin *p, bool verb, const char *text)
{
	pthread_mutex_lock(&p->lock);
	bool has = list_has(verb ? p->description.verbs : p->description.roles, text);
	pthread_mutex_unlock(&p->lock);
	return has;
}

bool
plugin_has_role(struct plugin *p, const char *role)
{
	return described_has(p, false, role);
}

bool
plugin_has_verb(struct plugin *p, const char *verb)
{
	return described_has(p, true, verb);
}

const char *
plugin_roles(struct plugin *p, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	pthread_mutex_lock(&p->lock);
	const struct node *roles = p->description.roles;
	for (uint32_t i = 0; roles && i < roles->count; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", roles->items[i].text);
	pthread_mutex_unlock(&p->lock);
	return arena_bytes(arena, text.data, text.length);
}

const char *
plugin_name(const struct plugin *p)
{
	return p->options.name;
}

/* ---- failing and resting ---- */

/* The pause is half of what a failed job waits, so that the job finds the plugin rested. */
static moment
pause_after(const struct plugin *p, unsigned failures)
{
	int64_t pause = p->options.pause_first;
	for (unsigned i = 1; i < failures && pause < p->options.pause_longest; i++)
		pause *= 2;
	return SECONDS(pause < p->options.pause_longest ? pause : p->options.pause_longest) / 2;
}

static void
note_failure(struct plugin *p, struct err *e)
{
	process_stop(&p->process, 0);
	err_while(e, "plugin '%s'", p->options.name);
	pthread_mutex_lock(&p->lock);
	p->broken = true;
	p->failures++;
	p->rests_until = clock_monotonic() + pause_after(p, p->failures);
	p->last = *e;
	pthread_mutex_unlock(&p->lock);
	LOG(WARN, "plugin failed", "plugin", p->options.name, "error", e->message);
}

static void
note_answer(struct plugin *p)
{
	pthread_mutex_lock(&p->lock);
	p->broken = false;
	p->failures = 0;
	p->rests_until = 0;
	pthread_mutex_unlock(&p->lock);
}

static enum err_code
check_rested(struct plugin *p, struct err *e)
{
	struct err last;
	pthread_mutex_lock(&p->lock);
	bool rests = p->broken && clock_monotonic() < p->rests_until;
	last = p->last;
	pthread_mutex_unlock(&p->lock);
	if (rests)
		return ERR(e, BUSY, "a pause after a failure: %s", last.message);
	return ERR_OK;
}

/* ---- speaking; in the lane ---- */

static enum err_code
write_request(struct plugin *p, const char *verb, const char *resource, int64_t deadline,
	      struct buf *line, struct err *e)
{
	struct json j = {.out = line};
	json_begin_map(&j);
	json_member_int(&j, "id", ++p->requests);
	json_member_text(&j, "verb", verb);
	json_key(&j, "resource");
	json_raw(&j, resource, strlen(resource));
	json_key(&j, "settings");
	json_begin_map(&j);
	json_member_text(&j, "root", p->options.root);
	json_member_int(&j, "deadline_seconds", deadline);
	json_end_map(&j);
	json_end_map(&j);
	buf_char(line, '\n');
	if (line->length > PLUGIN_LINE_MOST)
		return ERR(
		    e, TOO_LARGE,
		    "plugin '%s': a request of %zu bytes is longer than the %d that a plugin takes",
		    p->options.name, line->length, PLUGIN_LINE_MOST);
	return ERR_OK;
}

/* In words for the product's owner: what the plugin did, not what our system call said. */
static enum err_code
in_words(enum err_code code, int64_t deadline, struct err *e)
{
	switch (code) {
	case ERR_TIMEOUT:
		return ERR(e, UNREACHABLE, "did not answer within %lld seconds",
			   (long long)deadline);
	case ERR_TOO_LARGE:
		return ERR(e, UNREACHABLE, "answered with a line of more than %d bytes",
			   PLUGIN_LINE_MOST);
	default:
		return ERR(e, UNREACHABLE, "died while it worked on the request");
	}
}

static enum err_code
exchange(struct plugin *p, const struct buf *line, int64_t deadline, struct arena *arena,
	 struct plugin_answer *ret_answer, struct err *e)
{
	CLEANUP(buf_done) struct buf answer = {0};
	moment until = clock_monotonic() + SECONDS(deadline);
	enum err_code code = process_write(&p->process, line->data, line->length, until, e);
	if (code == ERR_OK)
		code = process_read_line(&p->process, PLUGIN_LINE_MOST, until, &answer, e);
	if (code != ERR_OK)
		return in_words(code, deadline, e);
	return plugin_answer_read(answer.data ? answer.data : "", answer.length, p->requests, arena,
				  ret_answer, e);
}

/* ---- starting; in the lane ---- */

static enum err_code
ask_description(struct plugin *p, int64_t deadline, struct err *e)
{
	CLEANUP(buf_done) struct buf line = {0};
	struct description d = {.known = false};
	struct plugin_answer answer = {.ok = false};
	enum err_code code = write_request(p, "describe", "{}", deadline, &line, e);
	if (code == ERR_OK)
		code = exchange(p, &line, deadline, &d.arena, &answer, e);
	if (code == ERR_OK && !answer.ok)
		code = ERR(e, UNREACHABLE, "does not describe itself: %s", answer.message);
	if (code == ERR_OK)
		code = read_description(p, answer.result, &d, e);
	if (code == ERR_OK)
		replace_description(p, &d);
	else
		arena_done(&d.arena);
	return code;
}

static void
count_start(struct plugin *p)
{
	pthread_mutex_lock(&p->lock);
	bool again = p->starts++ > 0;
	pthread_mutex_unlock(&p->lock);
	if (again)
		metric_add(p->restarts, 1);
}

/*
 * The kernel kills a child when the thread that started it ends (PR_SET_PDEATHSIG).  Whoever calls
 * is a thread that lasts as long as the server; should one end earlier, the next call starts the
 * plugin again.
 */
static enum err_code
start_process(struct plugin *p, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct err why = {0};
	struct process_options options = {
	    .arguments = (const char *const[]){p->options.path, NULL},
	    .folder = p->options.root,
	    .most_memory = MOST_MEMORY,
	    .most_files = MOST_FILES,
	};
	enum err_code code = plugin_environment(p->options.secrets, p->options.root, &arena,
						&options.environment, &why);
	if (code == ERR_OK)
		code = process_start(&options, &p->process, &why);
	if (code != ERR_OK)
		return ERR(e, UNREACHABLE, "cannot be started: %s", why.message);
	count_start(p);
	return ERR_OK;
}

/* One that ended between two calls did no harm: it is started again at once. */
static enum err_code
ensure_running(struct plugin *p, int64_t deadline, struct err *e)
{
	if (process_is_running(&p->process))
		return ERR_OK;
	process_stop(&p->process, 0);
	enum err_code code = start_process(p, e);
	return code == ERR_OK ? ask_description(p, deadline, e) : code;
}

/* ---- calling ---- */

static enum err_code
enter(struct plugin *p, int64_t patience, struct err *e)
{
	if (atomic_load(&p->refusing))
		return ERR(e, BUSY, "the server is stopping");
	enum err_code code = check_rested(p, e);
	if (code != ERR_OK)
		return code;
	if (!lane_enter(&p->lane, patience))
		return ERR(e, BUSY, "plugin '%s' is busy with another request", p->options.name);
	return ERR_OK;
}

static void
count_call(struct plugin *p, enum err_code code, const struct plugin_answer *answer, moment began)
{
	metric_observe(p->seconds, clock_monotonic() - began);
	if (code != ERR_OK)
		metric_add(p->failed, 1);
	else
		metric_add(answer->ok ? p->answered : p->refused, 1);
}

static enum err_code
call_in_lane(struct plugin *p, const struct buf *line, struct arena *arena,
	     struct plugin_answer *ret_answer, struct err *e)
{
	int64_t deadline = p->options.deadline;
	moment began = clock_monotonic();
	enum err_code code = exchange(p, line, deadline, arena, ret_answer, e);
	count_call(p, code, ret_answer, began);
	if (code == ERR_OK)
		note_answer(p);
	else
		note_failure(p, e);
	return code;
}

enum err_code
plugin_call(struct plugin *p, const struct plugin_call *call, struct arena *arena,
	    struct plugin_answer *ret_answer, struct err *e)
{
	CLEANUP(buf_done) struct buf line = {0};
	int64_t deadline = p->options.deadline;
	struct plugin_answer answer = {.ok = false};
	enum err_code code = enter(p, call->patience, e);
	if (code != ERR_OK)
		return code;
	code = ensure_running(p, deadline, e);
	if (code != ERR_OK)
		note_failure(p, e);
	if (code == ERR_OK)
		code = write_request(p, call->verb, call->resource, deadline, &line, e);
	if (code == ERR_OK)
		code = call_in_lane(p, &line, arena, &answer, e);
	lane_leave(&p->lane);
	if (code == ERR_OK)
		*ret_answer = answer;
	return code;
}

enum err_code
plugin_describe(struct plugin *p, int64_t deadline, struct err *e)
{
	if (deadline > p->options.deadline)
		deadline = p->options.deadline;
	enum err_code code = enter(p, SECONDS(deadline), e);
	if (code != ERR_OK)
		return code;
	code = ensure_running(p, deadline, e);
	if (code == ERR_OK)
		note_answer(p);
	else
		note_failure(p, e);
	lane_leave(&p->lane);
	return code;
}

void
plugin_refuse(struct plugin *p)
{
	atomic_store(&p->refusing, true);
}

/* ---- telling about it ---- */

void
plugin_write(struct plugin *p, struct json *j)
{
	pthread_mutex_lock(&p->lock);
	const struct description *d = &p->description;
	bool ready = d->known && !p->broken;
	json_begin_map(j);
	json_member_text(j, "name", p->options.name);
	json_member_text(j, "description", d->known ? d->text : "");
	json_key(j, "roles");
	json_begin_list(j);
	for (uint32_t i = 0; d->roles && i < d->roles->count; i++)
		json_text(j, d->roles->items[i].text);
	json_end_list(j);
	json_member_text(j, "state", ready ? "ready" : "broken");
	json_member_text(j, "error", ready ? NULL : p->last.message);
	json_member_int(j, "restarts", p->starts > 0 ? p->starts - 1 : 0);
	json_key(j, "settings_schema");
	const char *schema = d->known ? d->settings_schema : "{}";
	json_raw(j, schema, strlen(schema));
	json_end_map(j);
	pthread_mutex_unlock(&p->lock);
}

/* ---- life ---- */

static struct metric *
calls_metric(struct plugin *p, const char *result)
{
	return metric_new(
	    p->options.metrics, METRIC_COUNTER, "weft_plugin_calls_total",
	    arena_printf(&p->arena, "plugin=\"%s\",result=\"%s\"", p->options.name, result),
	    "Calls of plugins, by how they ended.");
}

static void
make_metrics(struct plugin *p)
{
	const char *labels = arena_printf(&p->arena, "plugin=\"%s\"", p->options.name);
	p->answered = calls_metric(p, "answered");
	p->refused = calls_metric(p, "refused");
	p->failed = calls_metric(p, "failed");
	p->seconds = metric_new(p->options.metrics, METRIC_HISTOGRAM, "weft_plugin_seconds", labels,
				"How long plugins take to answer.");
	p->restarts = metric_new(p->options.metrics, METRIC_COUNTER, "weft_plugin_restarts_total",
				 labels, "How often a plugin was started again.");
}

struct plugin *
plugin_create(const struct plugin_options *options)
{
	struct plugin *p = memory_alloc(sizeof *p);
	p->options = *options;
	p->options.name = arena_text(&p->arena, options->name);
	p->options.path = arena_text(&p->arena, options->path);
	p->options.root = arena_text(&p->arena, options->root);
	p->options.secrets = arena_text(&p->arena, options->secrets);
	lane_init(&p->lane);
	pthread_mutex_init(&p->lock, NULL);
	make_metrics(p);
	return p;
}

void
plugin_destroy(struct plugin *p)
{
	if (!p)
		return;
	process_stop(&p->process, GOODBYE);
	pthread_mutex_destroy(&p->lock);
	lane_done(&p->lane);
	arena_done(&p->description.arena);
	arena_done(&p->arena);
	free(p);
}
