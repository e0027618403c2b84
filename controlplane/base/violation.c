/*
 * violation.c -- the list of complaints, and the way from a JSON Pointer to a place.
 */
#include "violation.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
violation_add(struct violations *list, struct violation v)
{
	if (!v.enforcement)
		v.enforcement = "deny";
	if (!v.pointer)
		v.pointer = "";
	list->items =
	    arena_grow(list->arena, list->items, list->count, &list->capacity, sizeof *list->items);
	list->items[list->count++] = v;
}

struct violation *
violation_note(struct violations *list, const char *rule, const char *pointer, struct position at,
	       const char *format, ...)
{
	char *message;
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	message = arena_alloc(list->arena, (size_t)length + 1);
	vsnprintf(message, (size_t)length + 1, format, again);
	va_end(again);
	violation_add(list, (struct violation){
				.rule = rule, .message = message, .pointer = pointer, .at = at});
	return &list->items[list->count - 1];
}

/* Texts that may be NULL, which goes first. */
static int
compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/*
 * Further than the header says, so that equal lists come out equal whatever order they were found
 * in.
 */
static int
compare(const void *a, const void *b)
{
	const struct violation *left = a, *right = b;
	int order = compare_texts(left->file, right->file);
	if (!order)
		order = compare_numbers(left->at.line, right->at.line);
	if (!order)
		order = compare_numbers(left->at.column, right->at.column);
	if (!order)
		order = compare_texts(left->policy, right->policy);
	if (!order)
		order = compare_texts(left->rule, right->rule);
	if (!order)
		order = compare_texts(left->pointer, right->pointer);
	return order ? order : compare_texts(left->message, right->message);
}

void
violations_sort(struct violations *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof *list->items, compare);
}

size_t
violations_denied(const struct violations *list)
{
	size_t denied = 0;
	for (size_t i = 0; i < list->count; i++)
		denied += strcmp(list->items[i].enforcement, "deny") == 0;
	return denied;
}

static void
write_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_member_text(j, key, text);
}

static void
write_one(const struct violation *v, struct json *j)
{
	json_begin_map(j);
	write_text(j, "policy", v->policy);
	write_text(j, "rule", v->rule);
	write_text(j, "enforcement", v->enforcement);
	write_text(j, "message", v->message);
	write_text(j, "pointer", v->pointer);
	if (v->at.line) {
		json_member_int(j, "line", v->at.line);
		json_member_int(j, "column", v->at.column);
	}
	write_text(j, "suggestion", v->suggestion);
	if (v->grace_end)
		json_member_time(j, "grace_end", v->grace_end);
	if (v->since)
		json_member_time(j, "since", v->since);
	write_text(j, "file", v->file);
	json_end_map(j);
}

/* Says what is left out, in the enforcement of the first that is. */
static void
write_rest(const struct violations *list, struct json *j)
{
	char message[80];
	snprintf(message, sizeof message, "and %zu more complaints",
		 list->count - VIOLATIONS_MOST_WRITTEN);
	const struct violation rest = {
	    .rule = "more",
	    .enforcement = list->items[VIOLATIONS_MOST_WRITTEN].enforcement,
	    .message = message,
	    .pointer = "",
	};
	write_one(&rest, j);
}

void
violations_write(const struct violations *list, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < list->count && i < VIOLATIONS_MOST_WRITTEN; i++)
		write_one(&list->items[i], j);
	if (list->count > VIOLATIONS_MOST_WRITTEN)
		write_rest(list, j);
	json_end_list(j);
}

static moment
read_moment(const struct node *item, const char *key)
{
	moment t;
	return clock_parse(node_text(item, key, ""), &t) ? t : 0;
}

static struct violation
read_one(const struct node *item)
{
	return (struct violation){
	    .file = node_text(item, "file", NULL),
	    .policy = node_text(item, "policy", NULL),
	    .rule = node_text(item, "rule", NULL),
	    .enforcement = node_text(item, "enforcement", NULL),
	    .message = node_text(item, "message", ""),
	    .pointer = node_text(item, "pointer", ""),
	    .at = {(uint32_t)node_int(item, "line", 0), (uint32_t)node_int(item, "column", 0)},
	    .suggestion = node_text(item, "suggestion", NULL),
	    .grace_end = read_moment(item, "grace_end"),
	    .since = read_moment(item, "since"),
	};
}

void
violations_read(const struct node *items, struct violations *list)
{
	for (size_t i = 0; items && items->kind == NODE_LIST && i < items->count; i++)
		violation_add(list, read_one(&items->items[i]));
}

/* ---- JSON Pointer (RFC 6901) ---- */

const char *
pointer_join(struct arena *arena, const char *base, const char *step)
{
	char *pointer = arena_alloc(arena, strlen(base) + 2 * strlen(step) + 2);
	char *p = stpcpy(pointer, base);
	*p++ = '/';
	for (; *step; step++) {
		if (*step == '~')
			p = stpcpy(p, "~0");
		else if (*step == '/')
			p = stpcpy(p, "~1");
		else
			*p++ = *step;
	}
	return pointer;
}

const char *
pointer_index(struct arena *arena, const char *base, size_t index)
{
	char digits[24], *first = digits + sizeof digits;
	do
		*--first = (char)('0' + index % 10);
	while (index /= 10);
	size_t count = (size_t)(digits + sizeof digits - first);
	char *pointer = arena_alloc(arena, strlen(base) + count + 2);
	char *p = stpcpy(pointer, base);
	*p++ = '/';
	p = mempcpy(p, first, count);
	*p = '\0';
	return pointer;
}

/* Does the step (up to '/' or the end, with ~0 and ~1) name `key`? */
static bool
step_names(const char *step, const char *key)
{
	for (; *step && *step != '/'; step++, key++) {
		char c = *step;
		if (c == '~' && (step[1] == '0' || step[1] == '1'))
			c = *++step == '0' ? '~' : '/';
		if (c != *key)
			return false;
	}
	return *key == '\0';
}

static const struct node *
item_of(const struct node *list, const char *step)
{
	char *end;
	if (*step < '0' || *step > '9' || (*step == '0' && step[1] >= '0' && step[1] <= '9'))
		return NULL;
	unsigned long long index = strtoull(step, &end, 10);
	bool is_index = *end == '\0' || *end == '/';
	return is_index && index < list->count ? &list->items[index] : NULL;
}

static const struct node *
child_of(const struct node *parent, const char *step)
{
	if (parent->kind == NODE_LIST)
		return item_of(parent, step);
	if (parent->kind != NODE_MAP)
		return NULL;
	for (uint32_t i = 0; i < parent->count; i++)
		if (step_names(step, parent->members[i].key))
			return &parent->members[i].value;
	return NULL;
}

const struct node *
pointer_place(const struct node *root, const char *pointer, struct position *ret_at)
{
	const struct node *deepest = root, *n = root;
	assert(root);
	while (n && *pointer == '/') {
		deepest = n;
		n = child_of(n, ++pointer);
		pointer += strcspn(pointer, "/");
	}
	if (n)
		deepest = n;
	*ret_at = deepest->at;
	return *pointer == '\0' ? n : NULL;
}
