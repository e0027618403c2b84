/*
 * read_compact.c -- the way back from json.h, for who reads very many documents.
 *
 * Much need not be done that read_json.c does: the text has no blanks and no lines, its keys are in
 * order or few, and what it was written from was within all limits.  Each of that is checked where
 * it is met, and anything else ends the reading: then read_json.c has the word.
 *
 * The text is copied once, and its strings are ended and unescaped in the copy.  Lists and maps
 * grow on a stack until their end is known:
 *
 *     {"a":[1,2    stack:  a | 1 2          the map's members so far, then the list's items
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

enum { KEYS_COMPARED = 64 }; /* of a map whose keys are in no order */

struct compact {
	char *p; /* in the copy, which ends with a NUL */
	const struct reading *in;
	struct member *stack; /* items are members without a key; owned */
	size_t top, room, nodes;
	unsigned depth;
};

static bool read_value(struct compact *r, struct node *n);

static bool
take(struct compact *r, char c)
{
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

/* ---- texts ---- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \u001f: only what needs no more than a byte; 0 for all else. */
static char
code_point(const char *digits)
{
	int high = digits[0] == '0' && digits[1] == '0' ? hex_digit(digits[2]) : -1;
	int low = high >= 0 && high < 8 ? hex_digit(digits[3]) : -1;
	return (char)(low < 0 ? 0 : high << 4 | low);
}

/* The character behind a backslash at `*at`, which is moved behind it; 0 for one that is none. */
static char
unescape(const char **at)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *p = *at, *name = *p ? strchr(names, *p) : NULL;
	char c = '\0';
	if (name)
		c = values[name - names];
	else if (*p == 'u')
		c = code_point(p + 1);
	*at = c ? p + (name ? 1 : 5) : p;
	return c;
}

/* From the first backslash on: what follows moves to the front. */
static bool
read_escaped(struct compact *r, char *to)
{
	const char *from = to;
	while (*from != '"') {
		if ((unsigned char)*from < ' ') /* the end of the text as well */
			return false;
		char c = *from++;
		if (c == '\\')
			c = unescape(&from);
		if (c == '\0')
			return false;
		*to++ = c;
	}
	*to = '\0';
	r->p = (char *)from + 1;
	return true;
}

/* Behind the opening quote. */
static bool
read_text(struct compact *r, const char **ret_text, uint32_t *ret_length)
{
	char *begin = r->p, *p = begin;
	while ((unsigned char)*p >= ' ' && *p != '"' && *p != '\\')
		p++;
	*ret_text = begin;
	if (*p == '"') {
		*p = '\0';
		r->p = p + 1;
		*ret_length = (uint32_t)(p - begin);
		return true;
	}
	if (*p != '\\' || !read_escaped(r, p))
		return false;
	*ret_length = (uint32_t)strlen(begin);
	return true;
}

/* ---- numbers ---- */

static const char *
behind_digits(const char *p)
{
	return p + strspn(p, "0123456789");
}

/* Behind the fraction and the exponent, or NULL: strtod() takes more than JSON has. */
static const char *
end_of_real(const char *p)
{
	if (*p == '.') {
		const char *end = behind_digits(p + 1);
		if (end == p + 1)
			return NULL;
		p = end;
	}
	if (*p != 'e' && *p != 'E')
		return p;
	p += p[1] == '-' || p[1] == '+' ? 2 : 1;
	const char *end = behind_digits(p);
	return end == p ? NULL : end;
}

static bool
read_real(struct compact *r, const char *end, struct node *n)
{
	char *read;
	errno = 0;
	n->kind = NODE_REAL;
	n->real = strtod(r->p, &read);
	r->p = read;
	return read == end && errno == 0;
}

/* Eighteen digits always fit; longer integers are left to the other reader. */
static bool
read_number(struct compact *r, struct node *n)
{
	const char *digits = *r->p == '-' ? r->p + 1 : r->p;
	const char *behind = behind_digits(digits), *end = end_of_real(behind);
	size_t length = (size_t)(behind - digits);
	if (!end || length == 0 || (length > 1 && *digits == '0'))
		return false;
	if (end > behind)
		return read_real(r, end, n);
	if (length > 18)
		return false;
	n->kind = NODE_INT;
	n->integer = strtoll(r->p, NULL, 10);
	r->p = (char *)end;
	return true;
}

/* ---- lists and maps ---- */

static struct member *
push(struct compact *r)
{
	if (r->top == r->room) {
		r->room = r->room ? 2 * r->room : 256;
		r->stack = memory_resize(r->stack, r->room * sizeof *r->stack);
	}
	r->stack[r->top] = (struct member){0};
	return &r->stack[r->top++];
}

/* Read apart from the stack, which may move meanwhile. */
static bool
read_item(struct compact *r)
{
	struct node value = {0};
	size_t place = r->top;
	push(r);
	if (!read_value(r, &value))
		return false;
	r->stack[place].value = value;
	return true;
}

/* Behind `*last`, the last in order of the map's keys so far, none of them is another's equal. */
static bool
is_new_key(const struct compact *r, size_t base, const char *key, const char **last)
{
	if (!*last || strcmp(*last, key) < 0) {
		*last = key;
		return true;
	}
	if (r->top - base > KEYS_COMPARED)
		return false;
	for (size_t i = base; i < r->top; i++)
		if (strcmp(r->stack[i].key, key) == 0)
			return false;
	return true;
}

static bool
read_member(struct compact *r, size_t base, const char **last)
{
	const char *key;
	uint32_t length;
	size_t place = r->top;
	if (!take(r, '"') || !read_text(r, &key, &length) || !take(r, ':'))
		return false;
	if (!is_new_key(r, base, key, last) || !read_item(r))
		return false;
	r->stack[place].key = key;
	return true;
}

static void
pop_items(struct compact *r, size_t base, struct node *n)
{
	n->kind = NODE_LIST;
	n->count = (uint32_t)(r->top - base);
	struct node *items = ARENA_ARRAY(r->in->arena, struct node, n->count);
	for (uint32_t i = 0; i < n->count; i++)
		items[i] = r->stack[base + i].value;
	n->items = items;
	r->top = base;
}

static void
pop_members(struct compact *r, size_t base, struct node *n)
{
	n->kind = NODE_MAP;
	n->count = (uint32_t)(r->top - base);
	struct member *members = ARENA_ARRAY(r->in->arena, struct member, n->count);
	if (n->count > 0)
		memcpy(members, r->stack + base, n->count * sizeof *members);
	n->members = members;
	r->top = base;
}

static bool
read_list(struct compact *r, struct node *n)
{
	size_t base = r->top;
	if (!take(r, ']')) {
		do {
			if (!read_item(r))
				return false;
		} while (take(r, ','));
		if (!take(r, ']'))
			return false;
	}
	pop_items(r, base, n);
	return true;
}

static bool
read_map(struct compact *r, struct node *n)
{
	size_t base = r->top;
	const char *last = NULL;
	if (!take(r, '}')) {
		do {
			if (!read_member(r, base, &last))
				return false;
		} while (take(r, ','));
		if (!take(r, '}'))
			return false;
	}
	pop_members(r, base, n);
	return true;
}

static bool
read_nested(struct compact *r, struct node *n)
{
	if (++r->depth > r->in->limits.depth)
		return false;
	bool good = *r->p++ == '[' ? read_list(r, n) : read_map(r, n);
	r->depth--;
	return good;
}

/* ---- values ---- */

static bool
read_word(struct compact *r, const char *word)
{
	size_t length = strlen(word);
	if (strncmp(r->p, word, length) != 0)
		return false;
	r->p += length;
	return true;
}

static bool
read_value(struct compact *r, struct node *n)
{
	if (++r->nodes > r->in->limits.nodes)
		return false;
	switch (*r->p) {
	case '"':
		n->kind = NODE_TEXT;
		r->p++;
		return read_text(r, &n->text, &n->count);
	case '[':
	case '{':
		return read_nested(r, n);
	case 't':
	case 'f':
		n->kind = NODE_BOOL;
		n->boolean = *r->p == 't';
		return read_word(r, n->boolean ? "true" : "false");
	case 'n':
		n->kind = NODE_NULL;
		return read_word(r, "null");
	default:
		return read_number(r, n);
	}
}

bool
read_compact(const struct reading *in, struct node *ret_root)
{
	struct compact r = {.in = in, .p = arena_bytes(in->arena, in->text, in->length)};
	struct node root = {0};
	bool good = read_value(&r, &root) && *r.p == '\0';
	free(r.stack);
	if (good)
		*ret_root = root;
	return good;
}
