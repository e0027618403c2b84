/*
 * flag.c -- the one parser of command lines.
 */
#include "flag.h"

#include <string.h>

#include "base/violation.h"

struct parser {
	const struct flag_set *sets;
	struct arena *arena;
	char **next, **end; /* words that are still to be read */
};

static const struct flag *
flag_named(const struct flag_set *set, const char *name, size_t length)
{
	for (const struct flag *f = set->flags; f->name; f++)
		if (strlen(f->name) == length && !memcmp(f->name, name, length))
			return f;
	return NULL;
}

static const struct flag *
flag_lettered(const struct flag_set *set, char letter)
{
	for (const struct flag *f = set->flags; f->name; f++)
		if (f->letter == letter)
			return f;
	return NULL;
}

static enum err_code
unknown_option(const struct parser *p, const char *name, size_t length, struct err *e)
{
	const char *names[64];
	size_t count = 0;
	for (const struct flag_set *set = p->sets; set->flags; set++)
		for (const struct flag *f = set->flags; f->name && count < ARRAY_LEN(names); f++)
			names[count++] = f->name;

	const char *word = arena_bytes(p->arena, name, length);
	const char *nearest = nearest_word(word, names, count);
	if (nearest)
		return ERR(e, USAGE, "unknown option '--%s'; did you mean '--%s'?", word, nearest);
	return ERR(e, USAGE, "unknown option '--%s'", word);
}

static enum err_code
parse_number(const struct flag *f, const char *text, struct flag_number *ret_number, struct err *e)
{
	uint64_t value = 0;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || text[digits] || digits > 18)
		return ERR(e, USAGE, "--%s takes a whole number, not '%s'", f->name, text);
	for (const char *p = text; *p; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	*ret_number = (struct flag_number){true, value};
	return ERR_OK;
}

static void
add_word(struct arena *arena, struct words *words, const char *word)
{
	words->items =
	    arena_grow(arena, words->items, words->count, &words->capacity, sizeof *words->items);
	words->items[words->count++] = word;
}

static enum err_code
store_value(const struct parser *p, const struct flag *f, char *into, const char *value,
	    struct err *e)
{
	switch (f->kind) {
	case FLAG_SWITCH:
		*(bool *)(void *)(into + f->offset) = true;
		return ERR_OK;
	case FLAG_TEXT:
		*(const char **)(void *)(into + f->offset) = value;
		return ERR_OK;
	case FLAG_TEXTS:
		add_word(p->arena, (struct words *)(void *)(into + f->offset), value);
		return ERR_OK;
	case FLAG_NUMBER:
		return parse_number(f, value, (struct flag_number *)(void *)(into + f->offset), e);
	}
	return ERR_OK;
}

/* `value` is what stood behind `=` or the letter; without it the next word is the value. */
static enum err_code
take_option(struct parser *p, const struct flag_set *set, const struct flag *f, const char *value,
	    struct err *e)
{
	if (f->kind == FLAG_SWITCH && value)
		return ERR(e, USAGE, "--%s takes no value, but was given '%s'", f->name, value);
	if (f->kind != FLAG_SWITCH && !value) {
		if (p->next == p->end)
			return ERR(e, USAGE, "--%s needs a value: --%s %s", f->name, f->name,
				   f->value);
		value = *p->next++;
	}
	return store_value(p, f, set->into, value, e);
}

static enum err_code
take_long(struct parser *p, const char *word, struct err *e)
{
	size_t length = strcspn(word, "=");
	const char *value = word[length] ? word + length + 1 : NULL;
	for (const struct flag_set *set = p->sets; set->flags; set++) {
		const struct flag *f = flag_named(set, word, length);
		if (f)
			return take_option(p, set, f, value, e);
	}
	return unknown_option(p, word, length, e);
}

static enum err_code
take_short(struct parser *p, const char *word, struct err *e)
{
	for (const struct flag_set *set = p->sets; set->flags; set++) {
		const struct flag *f = flag_lettered(set, word[0]);
		if (f)
			return take_option(p, set, f, word[1] ? word + 1 : NULL, e);
	}
	/* `-dry-run`: one dash too few. */
	for (const struct flag_set *set = p->sets; set->flags; set++)
		if (flag_named(set, word, strcspn(word, "=")))
			return ERR(e, USAGE, "unknown option '-%s'; did you mean '--%s'?", word,
				   word);
	return ERR(e, USAGE, "unknown option '-%s'", word);
}

enum err_code
flags_parse(const struct flag_set *sets, int argc, char **argv, struct arena *arena,
	    struct words *ret_operands, struct err *e)
{
	struct parser p = {sets, arena, argv, argv + argc};
	struct words operands = {0};
	bool options_ended = false;
	while (p.next < p.end) {
		const char *word = *p.next++;
		enum err_code code = ERR_OK;
		if (options_ended || word[0] != '-' || word[1] == '\0')
			add_word(arena, &operands, word);
		else if (!strcmp(word, "--"))
			options_ended = true;
		else if (word[1] == '-')
			code = take_long(&p, word + 2, e);
		else
			code = take_short(&p, word + 1, e);
		if (code)
			return code;
	}
	*ret_operands = operands;
	return ERR_OK;
}

enum { HELP_COLUMN = 26 };

void
flags_help(const struct flag *flags, struct buf *out)
{
	for (const struct flag *f = flags; f->name; f++) {
		size_t start = out->length;
		if (f->letter)
			buf_printf(out, "  -%c, --%s", f->letter, f->name);
		else
			buf_printf(out, "      --%s", f->name);
		if (f->value)
			buf_printf(out, " %s", f->value);
		size_t used = out->length - start;
		buf_printf(out, "%*s%s\n", used < HELP_COLUMN ? (int)(HELP_COLUMN - used) : 2, "",
			   f->help);
	}
}
