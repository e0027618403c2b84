/*
 * precondition.c -- entity tags: is what the client has still what there is?
 *
 * Source: RFC 9110, sections 8.8.3 (entity tags), 13.1.1 (If-Match: strong comparison), 13.1.2
 * (If-None-Match: weak).
 */
#include <string.h>

#include "exchange.h"

/* The next tag of a list: sets where it begins and ends inside its quotes; gives what follows it,
 * or NULL at the end. */
static const char *
next_tag(const char *p, bool *ret_weak, const char **ret_begin, size_t *ret_length)
{
	p += strspn(p, " \t,");
	*ret_weak = strncmp(p, "W/", 2) == 0;
	if (*ret_weak)
		p += 2;
	if (*p != '"')
		return NULL;
	const char *end = strchr(p + 1, '"');
	if (!end)
		return NULL;
	*ret_begin = p + 1;
	*ret_length = (size_t)(end - p - 1);
	return end + 1;
}

static bool
list_names(const char *list, const char *etag, bool weak_counts)
{
	const char *begin;
	size_t length, wanted = strlen(etag);
	bool weak;
	while ((list = next_tag(list, &weak, &begin, &length)))
		if ((weak_counts || !weak) && length == wanted && memcmp(begin, etag, length) == 0)
			return true;
	return false;
}

static bool
is_star(const char *list)
{
	list += strspn(list, " \t");
	return list[0] == '*' && list[1 + strspn(list + 1, " \t")] == '\0';
}

bool
if_match_holds(const struct request *rq, const char *etag)
{
	const char *list = request_header(rq, "If-Match");
	if (!list)
		return true;
	return etag && (is_star(list) || list_names(list, etag, false));
}

bool
precondition_not_modified(const struct request *rq, const struct response *rs)
{
	if (!rs->etag || rq->method != GET || (rs->status != 0 && rs->status != 200))
		return false;
	const char *list = request_header(rq, "If-None-Match");
	return list && (is_star(list) || list_names(list, rs->etag, true));
}
