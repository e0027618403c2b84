/*
 * weft_plugin.c -- the loop of a plugin: a line in, a verb called, a line out.
 *
 * Relies on libc and jansson alone, so that a plugin can be built far from Weft's own tree.  Reads
 * in this order: shortcuts, the table of verbs, `describe`, one request, lines, the loop.
 */
#include "weft_plugin.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { LINE_MOST = 1024 * 1024, NAME_MOST = 200 };

/* ---- shortcuts ---- */

json_t *
weft_fail(struct weft_failure *failure, bool retry, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(failure->message, sizeof(failure->message), format, arguments);
	va_end(arguments);
	failure->retry = retry;
	return NULL;
}

const char *
weft_text(const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : otherwise;
}

json_int_t
weft_number(const json_t *object, const char *key, json_int_t otherwise)
{
	const json_t *number = json_object_get(object, key);
	return json_is_integer(number) ? json_integer_value(number) : otherwise;
}

struct unit {
	const char *name;
	json_int_t bytes;
};

// clang-format off
static const struct unit units[] = {
	{"B",  1},
	{"kB", INT64_C(1000)},             {"KiB", INT64_C(1) << 10},
	{"MB", INT64_C(1000000)},          {"MiB", INT64_C(1) << 20},
	{"GB", INT64_C(1000000000)},       {"GiB", INT64_C(1) << 30},
	{"TB", INT64_C(1000000000000)},    {"TiB", INT64_C(1) << 40},
	{"PB", INT64_C(1000000000000000)}, {"PiB", INT64_C(1) << 50},
	{NULL, 0},
};
// clang-format on

/*
 * "10" or "1.5": digits, perhaps with a fraction; strtod() alone would take "1e3", "0x10" and
 * "inf" as well.
 */
static double
read_count(const char *text, const char **ret_end)
{
	size_t whole = strspn(text, "0123456789");
	size_t fraction = whole && text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	*ret_end = text + whole + (fraction ? fraction + 1 : 0);
	return whole ? strtod(text, NULL) : 0;
}

bool
weft_bytes(const char *text, json_int_t *ret_bytes)
{
	const char *unit;
	double count = read_count(text, &unit);
	unit += strspn(unit, " ");
	for (const struct unit *u = units; u->name; u++) {
		if (strcasecmp(u->name, unit) != 0)
			continue;
		double bytes = count * (double)u->bytes;
		if (bytes < 1 || bytes > 9e18)
			return false;
		*ret_bytes = (json_int_t)bytes;
		return true;
	}
	return false;
}

bool
weft_is_name(const char *name)
{
	size_t length = strlen(name);
	if (length == 0 || length > NAME_MOST || name[0] == '.')
		return false;
	for (const char *p = name; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9');
		if (!plain && !strchr("_-.", *p))
			return false;
	}
	return true;
}

/* ---- verbs ---- */

struct verb_row {
	const char *name;
	size_t offset; /* of its function in struct weft_plugin */
};

#define VERB(name)                                                                                 \
	{                                                                                          \
#name, offsetof(struct weft_plugin, name)                                          \
	}
static const struct verb_row verb_rows[] = {
    VERB(validate), VERB(observe), VERB(plan),  VERB(apply),  VERB(destroy),
    VERB(grant),    VERB(revoke),  VERB(check), VERB(retain), {NULL, 0},
};
#undef VERB

static weft_verb *
verb_of(const struct weft_plugin *plugin, const struct verb_row *row)
{
	return *(weft_verb *const *)((const char *)plugin + row->offset);
}

static weft_verb *
find_verb(const struct weft_plugin *plugin, const char *name)
{
	for (const struct verb_row *row = verb_rows; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return verb_of(plugin, row);
	return NULL;
}

static json_t *
verbs_of(const struct weft_plugin *plugin)
{
	json_t *list = json_array();
	for (const struct verb_row *row = verb_rows; row->name; row++)
		if (verb_of(plugin, row))
			json_array_append_new(list, json_string(row->name));
	return list;
}

static json_t *
roles_of(const struct weft_plugin *plugin)
{
	json_t *list = json_array();
	for (const char *const *role = plugin->roles; *role; role++)
		json_array_append_new(list, json_string(*role));
	return list;
}

/* What `describe` answers: the table, as the host needs it. */
static json_t *
describe(const struct weft_plugin *plugin)
{
	json_error_t where;
	json_t *schema =
	    plugin->settings_schema ? json_loads(plugin->settings_schema, 0, &where) : NULL;
	return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o}", "name", plugin->name, "description",
			 plugin->description ? plugin->description : "", "contract", 1, "roles",
			 roles_of(plugin), "verbs", verbs_of(plugin), "settings_schema",
			 schema ? schema : json_object());
}

/* ---- one request ---- */

/*
 * The message as a JSON text.  weft_fail() may have cut it inside a character, and it may hold
 * bytes of the world outside that are not UTF-8 at all: then whatever is not ASCII becomes a
 * question mark.
 */
static json_t *
message_text(const char *message)
{
	json_t *text = json_string(message[0] ? message : "failed without saying why");
	if (text)
		return text;
	char plain[sizeof(((struct weft_failure *)NULL)->message)];
	size_t n = 0;
	for (; message[n] && n + 1 < sizeof(plain); n++) {
		plain[n] = message[n];
		if ((unsigned char)message[n] >= 0x80)
			plain[n] = '?';
	}
	plain[n] = '\0';
	return json_string(plain);
}

static char *
write_answer(json_t *answer)
{
	char *line = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	return line;
}

static char *
write_failure(const json_t *id, const struct weft_failure *failure)
{
	return write_answer(json_pack(
	    "{s:o, s:b, s:{s:o, s:b}}", "id", id ? json_copy((json_t *)id) : json_null(), "ok", 0,
	    "error", "message", message_text(failure->message), "retry", (int)failure->retry));
}

static json_t *
run_verb(const struct weft_plugin *plugin, const json_t *request, struct weft_failure *failure)
{
	const char *verb = weft_text(request, "verb", NULL);
	if (!verb)
		return weft_fail(failure, false, "verb: expected a text");
	if (strcmp(verb, "describe") == 0)
		return describe(plugin);
	weft_verb *run = find_verb(plugin, verb);
	if (!run)
		return weft_fail(failure, false, "plugin '%s' has no verb '%.50s'", plugin->name,
				 verb);
	const json_t *resource = json_object_get(request, "resource");
	const json_t *settings = json_object_get(request, "settings");
	if (!json_is_object(resource))
		return weft_fail(failure, false, "resource: expected a map");
	if (settings && !json_is_object(settings))
		return weft_fail(failure, false, "settings: expected a map");
	return run(resource, settings, failure);
}

/*
 * The answer of a request that is JSON; an id that is no number makes the request one that cannot
 * be answered to.
 */
static char *
answer_request(const struct weft_plugin *plugin, const json_t *request)
{
	struct weft_failure failure = {.message = ""};
	const json_t *id = json_object_get(request, "id");
	if (!json_is_integer(id)) {
		weft_fail(&failure, false, "id: expected a whole number");
		return write_failure(NULL, &failure);
	}
	json_t *result = run_verb(plugin, request, &failure);
	if (!result)
		return write_failure(id, &failure);
	char *line = write_answer(
	    json_pack("{s:O, s:b, s:o}", "id", (json_t *)id, "ok", 1, "result", result));
	if (line && strlen(line) < LINE_MOST)
		return line;
	free(line);
	weft_fail(&failure, false, "the answer is longer than %d bytes", LINE_MOST);
	return write_failure(id, &failure);
}

char *
weft_plugin_answer(const struct weft_plugin *plugin, const char *line, size_t length)
{
	json_error_t where;
	struct weft_failure failure = {.message = ""};
	json_t *request = json_loadb(line, length, JSON_REJECT_DUPLICATES, &where);
	if (!request) {
		weft_fail(&failure, false, "the request is no JSON: %s", where.text);
		return write_failure(NULL, &failure);
	}
	char *answer = answer_request(plugin, request);
	json_decref(request);
	return answer;
}

/* ---- lines ---- */

enum line_end { LINE_WHOLE, LINE_TOO_LONG, LINE_NONE };

/*
 * One line without its end; of one that is too long the rest is read and dropped, so that the
 * next begins right.
 */
static enum line_end
read_line(FILE *in, char *ret_line, size_t *ret_length)
{
	size_t n = 0;
	bool fits = true;
	int c;
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		fits = n < LINE_MOST;
		if (fits)
			ret_line[n++] = (char)c;
	}
	if (c == EOF && n == 0)
		return LINE_NONE;
	*ret_length = n;
	return fits ? LINE_WHOLE : LINE_TOO_LONG;
}

static char *
answer_line(const struct weft_plugin *plugin, enum line_end end, const char *line, size_t length)
{
	if (end == LINE_WHOLE)
		return weft_plugin_answer(plugin, line, length);
	struct weft_failure failure = {.message = ""};
	weft_fail(&failure, false, "the request is longer than %d bytes", LINE_MOST);
	return write_failure(NULL, &failure);
}

static bool
write_line(FILE *out, const char *line)
{
	return line && fputs(line, out) >= 0 && putc('\n', out) != EOF && fflush(out) == 0;
}

/*
 * Answers go to a copy of standard output, and standard output itself to standard error: a verb, or
 * a library under it, that prints something does not garble an answer.
 */
static FILE *
take_output(void)
{
	int copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (copy < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return NULL;
	return fdopen(copy, "w");
}

int
weft_plugin_main(const struct weft_plugin *plugin)
{
	signal(SIGPIPE, SIG_IGN);
	FILE *out = take_output();
	char *line = malloc(LINE_MOST);
	size_t length = 0;
	enum line_end end;
	bool well = out && line;
	while (well && (end = read_line(stdin, line, &length)) != LINE_NONE) {
		char *answer = answer_line(plugin, end, line, length);
		well = write_line(out, answer);
		free(answer);
	}
	free(line);
	if (out)
		fclose(out);
	return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
