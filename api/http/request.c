/*
 * request.c -- what a handler may ask of a request.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"

static const char *const method_names[METHODS] = {"GET", "POST", "PUT", "DELETE"};

const char *
method_name(enum method m)
{
	return method_names[m];
}

struct exchange *
exchange_of(const struct request *rq)
{
	return rq->connection;
}

const char *
request_part(const struct request *rq, size_t index)
{
	assert(index < ROUTE_MOST_VALUES && rq->path_values[index]);
	return rq->path_values[index];
}

const char *
request_query(const struct request *rq, const char *name)
{
	const struct target *t = &exchange_of(rq)->target;
	for (size_t i = 0; i < t->pair_count; i++)
		if (strcmp(t->pairs[i].name, name) == 0)
			return t->pairs[i].value;
	return NULL;
}

const char *
request_header(const struct request *rq, const char *name)
{
	return MHD_lookup_connection_value(exchange_of(rq)->connection, MHD_HEADER_KIND, name);
}

/* Only digits, so that "-1", "+1" and " 1" are no numbers; what is too long is too large, too. */
static bool
is_number(const char *text)
{
	size_t length = strlen(text);
	return length > 0 && length <= 19 && strspn(text, "0123456789") == length;
}

enum err_code
request_query_number(const struct request *rq, const char *name, uint64_t least, uint64_t most,
		     uint64_t otherwise, uint64_t *ret_number, struct err *e)
{
	const char *text = request_query(rq, name);
	if (!text) {
		*ret_number = otherwise;
		return ERR_OK;
	}
	uint64_t number = is_number(text) ? strtoull(text, NULL, 10) : UINT64_MAX;
	if (!is_number(text) || number < least || number > most)
		return ERR(e, MALFORMED,
			   "the parameter '%s' is '%.100s', expected a number from %llu to %llu",
			   name, text, (unsigned long long)least, (unsigned long long)most);
	*ret_number = number;
	return ERR_OK;
}

enum err_code
request_query_flag(const struct request *rq, const char *name, bool *ret_flag, struct err *e)
{
	const char *text = request_query(rq, name);
	bool is_true = text && (strcmp(text, "true") == 0 || *text == '\0');
	if (text && !is_true && strcmp(text, "false") != 0)
		return ERR(e, MALFORMED, "the parameter '%s' is '%.100s', expected true or false",
			   name, text);
	*ret_flag = is_true;
	return ERR_OK;
}

static enum err_code
complain_unknown(const char *name, const char *const *names, struct err *e)
{
	size_t count = 0;
	while (names[count])
		count++;
	const char *nearest = nearest_word(name, names, count);
	if (nearest)
		return ERR(e, MALFORMED, "unknown parameter '%.100s', did you mean '%s'?", name,
			   nearest);
	if (count == 0)
		return ERR(e, MALFORMED, "unknown parameter '%.100s': there are none here", name);
	CLEANUP(buf_done) struct buf known = {0};
	for (size_t i = 0; i < count; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
	return ERR(e, MALFORMED, "unknown parameter '%.100s', known are: %s", name, known.data);
}

static bool
is_among(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool
is_there_before(const struct target *t, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(t->pairs[i].name, t->pairs[index].name) == 0)
			return true;
	return false;
}

/* No parameter takes several values; which of two was meant is not ours to guess. */
enum err_code
request_only(const struct request *rq, const char *const *names, struct err *e)
{
	const struct target *t = &exchange_of(rq)->target;
	for (size_t i = 0; i < t->pair_count; i++) {
		const char *name = t->pairs[i].name;
		if (!is_among(name, names))
			return complain_unknown(name, names, e);
		if (is_there_before(t, i))
			return ERR(e, MALFORMED, "the parameter '%s' is given twice", name);
	}
	return ERR_OK;
}

enum err_code
request_limit(const struct request *rq, size_t *ret_limit, struct err *e)
{
	uint64_t limit = 0;
	if (request_query_number(rq, "limit", 1, 1000, 50, &limit, e) != ERR_OK)
		return e->code;
	*ret_limit = (size_t)limit;
	return ERR_OK;
}
