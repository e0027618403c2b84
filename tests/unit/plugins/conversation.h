/*
 * conversation.h -- a real plugin in its own process, spoken to as the host does, over a temporary
 * root.
 */
#ifndef WEFT_TESTS_PLUGINS_CONVERSATION_H
#define WEFT_TESTS_PLUGINS_CONVERSATION_H

#include <sys/stat.h>

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <unistd.h>

#include "base/process.h"

#include "folder.h"
#include "unit.h"

struct conversation {
	struct folder root;
	const char *program; /* the plugin's name */
	struct process process;
	struct err e;
	int requests, deadline;
	json_t *resource; /* of the next request; owned */
	json_t *answer;   /* to the last one; owned */
};

static inline void
plugin_start(struct conversation *c)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", WEFT_LIBEXEC, c->program);
	const struct process_options options = {.arguments = (const char *const[]){path, NULL}};
	if (process_start(&options, &c->process, &c->e) != ERR_OK)
		fail_msg("%s", c->e.message);
}

static inline struct conversation *
conversation_begin(const char *program, const char *resource)
{
	json_error_t where;
	struct conversation *c = calloc(1, sizeof *c);
	folder_make(&c->root);
	c->program = program;
	c->deadline = 20;
	c->resource = json_loads(resource, 0, &where);
	if (!c->resource)
		fail_msg("%s", where.text);
	signal(SIGPIPE, SIG_IGN);
	plugin_start(c);
	return c;
}

static inline int
conversation_end(void **state)
{
	struct conversation *c = *state;
	process_stop(&c->process, SECONDS(5));
	folder_remove(&c->root);
	json_decref(c->resource);
	json_decref(c->answer);
	free(c);
	return 0;
}

/* Without waiting for the answer. */
static inline void
send_line(struct conversation *c, const char *line)
{
	moment deadline = clock_monotonic() + SECONDS(20);
	if (process_write(&c->process, line, strlen(line), deadline, &c->e) != ERR_OK ||
	    process_write(&c->process, "\n", 1, deadline, &c->e) != ERR_OK)
		fail_msg("%s", c->e.message);
}

static inline void
send_request(struct conversation *c, const char *verb)
{
	json_t *request = json_pack("{s:i, s:s, s:O, s:{s:s, s:i}}", "id", ++c->requests, "verb",
				    verb, "resource", c->resource, "settings", "root", c->root.path,
				    "deadline_seconds", c->deadline);
	char *line = json_dumps(request, JSON_COMPACT);
	send_line(c, line);
	free(line);
	json_decref(request);
}

static inline json_t *
read_answer(struct conversation *c)
{
	struct buf line = {0};
	json_error_t where;
	if (process_read_line(&c->process, 1024 * 1024, clock_monotonic() + SECONDS(20), &line,
			      &c->e) != ERR_OK)
		fail_msg("%s", c->e.message);
	json_decref(c->answer);
	c->answer = json_loadb(line.data, line.length, 0, &where);
	if (!c->answer)
		fail_msg("'%s' is no JSON: %s", line.data, where.text);
	buf_done(&line);
	return c->answer;
}

static inline json_t *
ask(struct conversation *c, const char *verb)
{
	send_request(c, verb);
	json_t *answer = read_answer(c);
	assert_int_equal(json_integer_value(json_object_get(answer, "id")), c->requests);
	return answer;
}

/* The result of a verb that must go well; the conversation's until the next call. */
static inline json_t *
result_of(struct conversation *c, const char *verb)
{
	json_t *answer = ask(c, verb);
	json_t *message = json_object_get(json_object_get(answer, "error"), "message");
	if (!json_is_true(json_object_get(answer, "ok")))
		fail_msg("%s: %s", verb, json_string_value(message));
	return json_object_get(answer, "result");
}

/* A verb that must be refused, with `part` in its message. */
static inline void
assert_refused(struct conversation *c, const char *verb, bool retry, const char *part)
{
	json_t *answer = ask(c, verb);
	json_t *error = json_object_get(answer, "error");
	assert_true(json_is_false(json_object_get(answer, "ok")));
	const char *message = json_string_value(json_object_get(error, "message"));
	if (!strstr(message, part))
		fail_msg("'%s' is not in '%s'", part, message);
	assert_int_equal(json_is_true(json_object_get(error, "retry")), retry);
}

/* The same verb twice: the second answer is the first. */
static inline json_t *
result_twice(struct conversation *c, const char *verb)
{
	json_t *first = json_deep_copy(result_of(c, verb));
	json_t *second = result_of(c, verb);
	if (!json_equal(first, second))
		fail_msg("%s: the second answer differs", verb);
	json_decref(first);
	return second;
}

static inline void
set(struct conversation *c, const char *key, const char *json)
{
	json_error_t where;
	json_t *value = json_loads(json, JSON_DECODE_ANY, &where);
	if (!value)
		fail_msg("%s: %s", json, where.text);
	json_object_set_new(c->resource, key, value);
}

static inline void
kill_plugin(struct conversation *c)
{
	kill(c->process.pid, SIGKILL);
	process_stop(&c->process, 0);
}

static inline const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static inline long long
number_of(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static inline bool
flag_of(const json_t *object, const char *key)
{
	assert_true(json_is_boolean(json_object_get(object, key)));
	return json_is_true(json_object_get(object, key));
}

static inline size_t
count_of(const json_t *object, const char *key)
{
	assert_true(json_is_array(json_object_get(object, key)));
	return json_array_size(json_object_get(object, key));
}

#endif
