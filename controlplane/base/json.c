/*
 * json.c -- the writer, and the three forms in which a whole tree is written.
 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "reader.h"
#include "utf8.h"

static void
before_value(struct json *j)
{
	if (j->comma)
		buf_char(j->out, ',');
	j->comma = true;
}

static void
begin(struct json *j, char bracket)
{
	before_value(j);
	buf_char(j->out, bracket);
	j->comma = false;
}

static void
end(struct json *j, char bracket)
{
	buf_char(j->out, bracket);
	j->comma = true;
}

void
json_begin_map(struct json *j)
{
	begin(j, '{');
}

void
json_end_map(struct json *j)
{
	end(j, '}');
}

void
json_begin_list(struct json *j)
{
	begin(j, '[');
}

void
json_end_list(struct json *j)
{
	end(j, ']');
}

void
json_key(struct json *j, const char *key)
{
	before_value(j);
	json_quote(j->out, key, strlen(key));
	buf_char(j->out, ':');
	j->comma = false;
}

void
json_text(struct json *j, const char *text)
{
	if (!text) {
		json_null(j);
		return;
	}
	before_value(j);
	json_quote(j->out, text, strlen(text));
}

void
json_int(struct json *j, int64_t n)
{
	before_value(j);
	buf_printf(j->out, "%lld", (long long)n);
}

/*
 * The fewest digits behind the first one that read back the same, 16 at most; the power of ten of
 * the first.
 */
static int
fewest_digits(double n, int *ret_power)
{
	char text[40];
	int digits = -1;
	do {
		snprintf(text, sizeof text, "%.*e", ++digits, n);
	} while (digits < 16 && strtod(text, NULL) != n);
	*ret_power = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	return digits;
}

/* 1000.0 and 0.001 as they are, 1e16 and 1e-6 with a power of ten. */
static void
print_real(struct buf *out, double n)
{
	int power, digits = fewest_digits(n, &power);
	if (power >= -5 && power < 16) {
		int decimals = digits - power;
		buf_printf(out, "%.*f", decimals > 1 ? decimals : 1, n);
		return;
	}
	char text[40];
	snprintf(text, sizeof text, "%.*e", digits, n);
	*strchr(text, 'e') = '\0';
	buf_printf(out, "%se%d", text, power);
}

void
json_real(struct json *j, double n)
{
	if (!isfinite(n)) { /* JSON has no such number, and no tree that was read holds one */
		json_null(j);
		return;
	}
	before_value(j);
	print_real(j->out, n);
}

void
json_bool(struct json *j, bool b)
{
	before_value(j);
	buf_text(j->out, b ? "true" : "false");
}

void
json_null(struct json *j)
{
	before_value(j);
	buf_text(j->out, "null");
}

void
json_raw(struct json *j, const char *json, size_t length)
{
	before_value(j);
	buf_append(j->out, json, length);
}

void
json_member_text(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

void
json_member_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}

void
json_member_bool(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	json_bool(j, b);
}

void
json_member_time(struct json *j, const char *key, int64_t when)
{
	char text[CLOCK_TEXT_SIZE];
	clock_format(when, text);
	json_key(j, key);
	json_text(j, when ? text : NULL);
}

/* ---- texts ---- */

static bool
is_plain(const char *p)
{
	return (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\' && (unsigned char)*p < 0x80;
}

static void
escape(struct buf *out, char c)
{
	static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *found = memchr(named, c, sizeof named - 1);
	if (found)
		buf_printf(out, "\\%c", names[found - named]);
	else
		buf_printf(out, "\\u%04x", (unsigned char)c);
}

/*
 * One character that is not plain; what is no UTF-8 becomes U+FFFD, so that what is written is
 * always JSON.
 */
static size_t
quote_character(struct buf *out, const char *p, size_t left)
{
	size_t step = utf8_step(p, left);
	if (step == 1)
		escape(out, *p);
	else if (step == 0)
		buf_text(out, "\xEF\xBF\xBD");
	else
		buf_append(out, p, step);
	return step ? step : 1;
}

void
json_quote(struct buf *out, const char *text, size_t length)
{
	buf_reserve(out, length + 2);
	buf_char(out, '"');
	for (size_t i = 0; i < length;) {
		size_t run = i;
		while (run < length && is_plain(text + run))
			run++;
		buf_append(out, text + i, run - i);
		i = run;
		if (i < length)
			i += quote_character(out, text + i, length - i);
	}
	buf_char(out, '"');
}

/* ---- trees ---- */

static void
write_scalar(struct json *j, const struct node *n)
{
	switch (n->kind) {
	case NODE_BOOL:
		json_bool(j, n->boolean);
		break;
	case NODE_INT:
		json_int(j, n->integer);
		break;
	case NODE_REAL:
		json_real(j, n->real);
		break;
	case NODE_TEXT:
		before_value(j);
		json_quote(j->out, n->text, n->count);
		break;
	default:
		json_null(j);
	}
}

void
json_node(struct json *j, const struct node *n)
{
	if (n->kind == NODE_LIST) {
		json_begin_list(j);
		for (uint32_t i = 0; i < n->count; i++)
			json_node(j, &n->items[i]);
		json_end_list(j);
	} else if (n->kind == NODE_MAP) {
		json_begin_map(j);
		for (uint32_t i = 0; i < n->count; i++) {
			json_key(j, n->members[i].key);
			json_node(j, &n->members[i].value);
		}
		json_end_map(j);
	} else {
		write_scalar(j, n);
	}
}

static void write_canonical(struct json *j, const struct node *n);

static void
write_sorted(struct json *j, const struct node *map)
{
	const struct member **sorted = members_by_key(map);
	json_begin_map(j);
	for (uint32_t i = 0; i < map->count; i++) {
		json_key(j, sorted[i]->key);
		write_canonical(j, &sorted[i]->value);
	}
	json_end_map(j);
	free(sorted);
}

static void
write_canonical(struct json *j, const struct node *n)
{
	if (n->kind == NODE_LIST) {
		json_begin_list(j);
		for (uint32_t i = 0; i < n->count; i++)
			write_canonical(j, &n->items[i]);
		json_end_list(j);
	} else if (n->kind == NODE_MAP) {
		write_sorted(j, n);
	} else {
		write_scalar(j, n);
	}
}

void
json_canonical(struct buf *out, const struct node *n)
{
	struct json j = {.out = out};
	write_canonical(&j, n);
}

static void
break_line(struct buf *out, unsigned level)
{
	buf_printf(out, "\n%*s", (int)level * 2, "");
}

static void write_pretty(struct buf *out, const struct node *n, unsigned level);

static void
write_pretty_part(struct buf *out, const struct node *n, uint32_t i, unsigned level)
{
	if (i > 0)
		buf_char(out, ',');
	break_line(out, level);
	if (n->kind == NODE_LIST) {
		write_pretty(out, &n->items[i], level);
		return;
	}
	json_quote(out, n->members[i].key, strlen(n->members[i].key));
	buf_text(out, ": ");
	write_pretty(out, &n->members[i].value, level);
}

static void
write_pretty(struct buf *out, const struct node *n, unsigned level)
{
	struct json j = {.out = out};
	bool is_list = n->kind == NODE_LIST;
	if (!is_list && n->kind != NODE_MAP) {
		write_scalar(&j, n);
		return;
	}
	buf_char(out, is_list ? '[' : '{');
	for (uint32_t i = 0; i < n->count; i++)
		write_pretty_part(out, n, i, level + 1);
	if (n->count)
		break_line(out, level);
	buf_char(out, is_list ? ']' : '}');
}

void
json_pretty(struct buf *out, const struct node *n)
{
	write_pretty(out, n, 0);
}
