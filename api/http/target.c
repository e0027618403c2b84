/*
 * target.c -- the request target, from text to parts.
 *
 * Cut first, decode after: a "%2F" inside a part of the path is part of a name, not the end of it.
 */
#include "target.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode `text` where it stands; the result is never longer.  Gives its length, or -1 when an
 * escape is no escape. */
static ptrdiff_t
unescape(char *text, bool plus_is_space)
{
	char *out = text;
	for (const char *p = text; *p; p++) {
		if (*p == '%') {
			int high = hex_digit(p[1]), low = high < 0 ? -1 : hex_digit(p[2]);
			if (low < 0)
				return -1;
			*out++ = (char)(high << 4 | low);
			p += 2;
		} else {
			*out++ = (char)(plus_is_space && *p == '+' ? ' ' : *p);
		}
	}
	*out = '\0';
	return out - text;
}

/* Names end up in events and log lines, where a control character would forge a second one. */
static bool
has_control(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return true;
	return false;
}

static enum err_code
decode(char *text, bool in_query, struct err *e)
{
	ptrdiff_t length = unescape(text, in_query);
	if (length < 0)
		return ERR(e, MALFORMED,
			   "the address has a '%%' that is not followed by two hexadecimal digits");
	size_t size = (size_t)length;
	if (in_query ? memchr(text, '\0', size) != NULL : has_control(text, size))
		return ERR(e, MALFORMED, "the address has a control character in it");
	if (utf8_check(text, size) != size)
		return ERR(e, MALFORMED, "the address is not UTF-8 after percent-decoding");
	return ERR_OK;
}

/* "http://host:8080/a?b" is "/a?b" here: the server answers for whatever host it is asked as. */
static const char *
skip_authority(const char *text)
{
	size_t scheme = strncasecmp(text, "http://", 7) == 0    ? 7
			: strncasecmp(text, "https://", 8) == 0 ? 8
								: 0;
	if (scheme == 0)
		return text;
	const char *rest = text + scheme + strcspn(text + scheme, "/?");
	return *rest == '/' ? rest : "/";
}

static enum err_code
cut_path(struct target *t, struct arena *arena, struct err *e)
{
	char *p = arena_text(arena, t->path + 1);
	while (p) {
		if (t->part_count == TARGET_MOST_PARTS)
			return ERR(e, MALFORMED, "the path has more than %d parts",
				   TARGET_MOST_PARTS);
		char *part = p;
		p = strchr(p, '/');
		if (p)
			*p++ = '\0';
		if (decode(part, false, e) != ERR_OK)
			return e->code;
		t->parts[t->part_count++] = part;
	}
	return ERR_OK;
}

static enum err_code
add_pair(struct target *t, char *text, struct arena *arena, struct err *e)
{
	if (*text == '\0')
		return ERR_OK;
	if (t->pair_count == TARGET_MOST_PAIRS)
		return ERR(e, MALFORMED, "the query has more than %d parameters",
			   TARGET_MOST_PAIRS);
	char *value = strchr(text, '=');
	if (value)
		*value++ = '\0';
	if (decode(text, true, e) != ERR_OK || (value && decode(value, true, e) != ERR_OK))
		return e->code;
	t->pairs = arena_grow(arena, t->pairs, t->pair_count, &t->pair_capacity, sizeof(*t->pairs));
	t->pairs[t->pair_count++] = (struct query_pair){text, value ? value : ""};
	return ERR_OK;
}

static enum err_code
cut_query(struct target *t, struct arena *arena, struct err *e)
{
	if (*t->query == '\0')
		return ERR_OK;
	for (char *p = arena_text(arena, t->query); p;) {
		char *text = p;
		p = strchr(p, '&');
		if (p)
			*p++ = '\0';
		if (add_pair(t, text, arena, e) != ERR_OK)
			return e->code;
	}
	return ERR_OK;
}

enum err_code
target_parse(const char *text, struct arena *arena, struct target *ret_target, struct err *e)
{
	struct target *t = ret_target;
	text = skip_authority(text);
	size_t path = strcspn(text, "?#");
	*t = (struct target){.path = arena_bytes(arena, text, path), .query = ""};
	if (text[path] == '?')
		t->query = arena_text(arena, text + path + 1);
	if (strlen(text) > TARGET_MOST_BYTES)
		return ERR(e, MALFORMED, "the address is longer than %d bytes", TARGET_MOST_BYTES);
	if (*text != '/')
		return ERR(e, MALFORMED, "the address does not begin with '/'");
	if (cut_path(t, arena, e) != ERR_OK)
		return e->code;
	return cut_query(t, arena, e);
}
