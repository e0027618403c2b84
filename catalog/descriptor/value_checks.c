/*
 * value_checks.c -- what single values of a descriptor must be, with a suggestion wherever one can
 * be guessed.
 *
 * Names first, then references, then quantities.
 */
#include "value_checks.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

#include "compat.h"
#include "descriptor.h"

struct violation *
value_complain(const struct field_context *context, const struct node *value, const char *rule,
	       const char *format, ...)
{
	char message[600];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return violation_note(context->violations, rule, context->pointer, value->at, "%s",
			      message);
}

static bool
has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The text without blanks at its ends. */
static char *
trim(struct arena *arena, const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return arena_bytes(arena, text, length);
}

/* What was probably meant by a name: lower case, and "_" for whatever a name cannot hold. */
static char *
likely_name(struct arena *arena, const char *text)
{
	char *name = trim(arena, text);
	for (char *p = name; *p; p++)
		*p = isalnum((unsigned char)*p) || *p == '.' ? (char)tolower((unsigned char)*p)
							     : '_';
	return name;
}

/*
 * A likely name of two parts or more, the first from the domain if need be; NULL when none comes
 * of it.
 */
static const char *
likely_product_name(const struct field_context *context, const char *text)
{
	const char *name = likely_name(context->arena, text);
	const char *domain = node_text(context->user, "domain", NULL);
	if (!strchr(name, '.') && domain) {
		char *area = likely_name(context->arena, domain);
		area[strcspn(area, ".")] = '\0';
		name = arena_printf(context->arena, "%s.%s", area, name);
	}
	return is_product_name(name) ? name : NULL;
}

void
value_check_product_name(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT || is_product_name(value->text))
		return;
	const char *prefix = "product:";
	struct violation *v;
	if (value->count > DESCRIPTOR_MOST_NAME)
		value_complain(context, value, "name",
			       "a name has at most %d bytes, this one has %u", DESCRIPTOR_MOST_NAME,
			       value->count);
	else if (has_prefix(value->text, prefix) && is_product_name(value->text + strlen(prefix))) {
		v = value_complain(context, value, "name", "'%s': the name alone, without '%s'",
				   value->text, prefix);
		v->suggestion = value->text + strlen(prefix);
	} else {
		v = value_complain(context, value, "name",
				   "'%s' is no name of a data product: two parts or more of a-z, "
				   "0-9 and _, with points between",
				   value->text);
		v->suggestion = likely_product_name(context, value->text);
	}
}

void
value_check_line(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		return;
	const char *trimmed = trim(context->arena, value->text);
	if (*trimmed == '\0')
		value_complain(context, value, "empty",
			       "expected a text that says something, found an empty one");
	else if (value->count > DESCRIPTOR_MOST_NAME)
		value_complain(context, value, "name", "expected at most %d bytes, found %u",
			       DESCRIPTOR_MOST_NAME, value->count);
	else if (has_control(value->text))
		value_complain(context, value, "name",
			       "expected one line, found control characters or line ends");
	else if (strlen(trimmed) != value->count)
		value_complain(context, value, "name", "blanks at the beginning or end of '%s'",
			       value->text)
		    ->suggestion = trimmed;
}

void
value_check_column_name(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		return;
	size_t before = context->violations->count;
	value_check_line(context, value);
	if (context->violations->count > before || !strpbrk(value->text, "#|"))
		return;
	char *likely = arena_text(context->arena, value->text);
	for (char *p = likely; *p; p++)
		if (*p == '#' || *p == '|')
			*p = '_';
	value_complain(context, value, "name",
		       "'%s': a column's name cannot hold '#' or '|', which lineage uses",
		       value->text)
	    ->suggestion = likely;
}

void
value_check_plugin(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		return;
	size_t length = strspn(value->text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	if (length > 0 && length == value->count && length <= DESCRIPTOR_MOST_NAME &&
	    *value->text != '-')
		return;
	struct violation *v = value_complain(
	    context, value, "name",
	    "'%s' is no name of a plugin: a-z, 0-9, _ and - only, as in filesystem or s3",
	    value->text);
	const char *likely = likely_name(context->arena, value->text);
	if (isalnum((unsigned char)*likely) && strcmp(likely, value->text) != 0 &&
	    !strchr(likely, '.'))
		v->suggestion = likely;
}

/* NAMESPACE|NAME, both there; a namespace may hold anything but "|" (postgres://host:5432). */
static bool
is_dataset(const char *text)
{
	const char *bar = strchr(text, '|');
	return bar && bar > text && bar[1] != '\0' && !strchr(bar + 1, '|') && !has_control(text);
}

void
value_check_dataset(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT ||
	    (is_dataset(value->text) && !has_prefix(value->text, "dataset:")))
		return;
	struct violation *v =
	    value_complain(context, value, "dataset",
			   "'%s' is no external dataset: expected NAMESPACE|NAME, as in "
			   "postgres://core:5432|bank.accounts",
			   value->text);
	if (has_prefix(value->text, "dataset:") && is_dataset(value->text + strlen("dataset:")))
		v->suggestion = value->text + strlen("dataset:");
}

bool
value_is_source(struct arena *arena, const char *text)
{
	const char *mark = strrchr(text, '#');
	if (!mark || mark[1] == '\0' || strchr(mark, '|') || has_control(text))
		return false;
	const char *table = arena_bytes(arena, text, (size_t)(mark - text));
	return is_product_name(table) || (is_dataset(table) && !has_prefix(table, "dataset:"));
}

/* Prefixes of lineage, and a point in place of the mark, are the likely mistakes. */
static const char *
likely_source(struct arena *arena, const char *text)
{
	static const char *const prefixes[] = {"column:", "product:", "dataset:"};
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (has_prefix(text, prefixes[i]) &&
		    value_is_source(arena, text + strlen(prefixes[i])))
			return text + strlen(prefixes[i]);
	const char *point = strrchr(text, '.');
	if (!point)
		return NULL;
	char *marked = arena_text(arena, text);
	marked[point - text] = '#';
	return value_is_source(arena, marked) ? marked : NULL;
}

void
value_check_source(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT || value_is_source(context->arena, value->text))
		return;
	struct violation *v = value_complain(context, value, "source",
					     "'%s' names no column: expected PRODUCT#COLUMN, as in "
					     "retail.accounts#balance, or NAMESPACE|NAME#COLUMN",
					     value->text);
	v->suggestion = likely_source(context->arena, value->text);
}

void
value_check_version(const struct field_context *context, const struct node *value)
{
	struct semver version;
	if (value->kind != NODE_TEXT || semver_parse(value->text, context->arena, &version))
		return;
	struct violation *v = value_complain(
	    context, value, "version",
	    "'%s' is no semantic version: expected three numbers, as in 1.4.0", value->text);
	const char *start = value->text + (*value->text == 'v' || *value->text == 'V');
	const char *const endings[] = {"", ".0", ".0.0"};
	for (size_t i = 0; i < ARRAY_LEN(endings) && !v->suggestion; i++) {
		const char *likely = arena_printf(context->arena, "%s%s", start, endings[i]);
		if (semver_parse(likely, context->arena, &version))
			v->suggestion = likely;
	}
}

/* A decimal number without sign or exponent; NULL, or what stands behind it. */
static const char *
skip_decimal(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	if (whole == 0)
		return NULL;
	text += whole;
	if (*text != '.')
		return text;
	size_t fraction = strspn(text + 1, "0123456789");
	return fraction > 0 ? text + 1 + fraction : NULL;
}

void
value_check_percent(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		return;
	const char *end = skip_decimal(value->text);
	if (end && strcmp(end, "%") == 0 && strtod(value->text, NULL) <= 100)
		return;
	struct violation *v =
	    value_complain(context, value, "percentage",
			   "'%s' is no percentage from 0%% to 100%%, as in 99.9%%", value->text);
	const char *rest = end ? end + strspn(end, " ") : NULL;
	if (rest && (*rest == '\0' || strcmp(rest, "%") == 0) && strtod(value->text, NULL) <= 100)
		v->suggestion =
		    arena_printf(context->arena, "%.*s%%", (int)(end - value->text), value->text);
}

void
value_check_date(const struct field_context *context, const struct node *value)
{
	moment when;
	if (value->kind != NODE_TEXT ||
	    (strlen(value->text) == strlen("2026-12-31") && clock_parse(value->text, &when)))
		return;
	struct violation *v = value_complain(
	    context, value, "date",
	    "'%s' is no date: expected year, month and day, as in 2026-12-31", value->text);
	if (clock_parse(value->text, &when))
		v->suggestion = arena_bytes(context->arena, value->text, strlen("2026-12-31"));
}

void
value_check_size(const struct field_context *context, const struct node *value)
{
	static const char *const units[] = {"B",   "KB",  "MB",  "GB",  "TB", "PB",
					    "KiB", "MiB", "GiB", "TiB", "PiB"};
	if (value->kind != NODE_TEXT)
		return;
	const char *end = skip_decimal(value->text);
	const char *unit = end ? end + strspn(end, " ") : "";
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(unit, units[i]) == 0)
			return;
	struct violation *v = value_complain(
	    context, value, "size",
	    "'%s' is no amount of storage: expected a number and a unit from B to PB, as in 10 GB",
	    value->text);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcasecmp(unit, units[i]) == 0)
			v->suggestion =
			    arena_printf(context->arena, "%.*s %s", (int)(end - value->text),
					 value->text, units[i]);
}

void
value_check_email(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		return;
	const char *at = strchr(value->text, '@');
	if (!at || at == value->text || at[1] == '\0' || strchr(at + 1, '@') ||
	    strpbrk(value->text, " \t\r\n"))
		value_complain(context, value, "email",
			       "'%s' is no address, as in accounts@retail.example", value->text);
}

void
value_check_count(const struct field_context *context, const struct node *value)
{
	bool negative = (value->kind == NODE_INT && value->integer < 0) ||
			(value->kind == NODE_REAL && value->real < 0);
	if (negative)
		value_complain(context, value, "range", "a number of rows is not negative");
}

void
value_check_settings(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_MAP && value->kind != NODE_NULL)
		value_complain(context, value, "type", "expected a map, found %s",
			       node_kind_name(value->kind));
}

void
value_check_accepted(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_LIST || value->count == 0) {
		value_complain(context, value, "type",
			       "expected a list of the values that are accepted");
		return;
	}
	for (uint32_t i = 0; i < value->count; i++) {
		const struct node *item = &value->items[i];
		struct field_context inner = *context;
		inner.pointer = pointer_index(context->arena, context->pointer, i);
		if (item->kind == NODE_LIST || item->kind == NODE_MAP || item->kind == NODE_NULL)
			value_complain(&inner, item, "type",
				       "expected a text, a number or a boolean, found %s",
				       node_kind_name(item->kind));
	}
}
