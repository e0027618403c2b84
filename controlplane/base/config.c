/*
 * config.c -- the table of settings, and the four sources that fill it: defaults, file,
 * environment, flags.
 *
 * A source differs only in what it is called in a message and in how it comes by a value's text;
 * take_text() is the one way in.  Reads: the table, one value, names, the sources in their order,
 * the texts for people.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "violation.h"

enum setting_type { SETTING_TEXT, SETTING_NUMBER, SETTING_SWITCH };

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset; /* in struct config */
	const char *otherwise;
	int64_t smallest, largest;
	const char *unit, *help;
};

static const struct setting settings[] = {
#define X(name, type, otherwise, smallest, largest, unit, help)                                    \
	{#name, SETTING_##type, offsetof(struct config, name), otherwise, smallest, largest, unit, \
	 help},
#include "base/config.def"
#undef X
};

enum { SETTINGS = ARRAY_LEN(settings), LONGEST_NAME = 64, MOST_FILE = 1 << 20 };

struct loader {
	struct arena *arena; /* texts of the configuration, names of sources */
	struct config config;
	struct err *e;
};

/* ---- one value ---- */

static void *
target_of(struct loader *l, const struct setting *s)
{
	return (char *)&l->config + s->offset;
}

static enum err_code
take_number(struct loader *l, const struct setting *s, const char *source, const char *text)
{
	char *end;
	errno = 0;
	long long n = strtoll(text, &end, 10);
	bool is_number = *text && !isspace((unsigned char)*text) && *end == '\0' && errno == 0;
	if (!is_number || n < s->smallest || n > s->largest)
		return ERR(l->e, USAGE,
			   "%s: expected a whole number from %" PRId64 " to %" PRId64
			   "%s%s, found '%s'",
			   source, s->smallest, s->largest, *s->unit ? " " : "", s->unit, text);
	*(int64_t *)target_of(l, s) = n;
	return ERR_OK;
}

static enum err_code
take_switch(struct loader *l, const struct setting *s, const char *source, const char *text)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i]) == 0) {
			*(bool *)target_of(l, s) = i % 2 == 1;
			return ERR_OK;
		}
	}
	return ERR(l->e, USAGE, "%s: expected true or false, found '%s'", source, text);
}

static enum err_code
take_text(struct loader *l, const struct setting *s, const char *source, const char *text)
{
	switch (s->type) {
	case SETTING_NUMBER:
		return take_number(l, s, source, text);
	case SETTING_SWITCH:
		return take_switch(l, s, source, text);
	default:
		*(const char **)target_of(l, s) = arena_text(l->arena, text);
		return ERR_OK;
	}
}

/* ---- names ---- */

/* The flag of `max_body` is --max-body. */
static const char *
flag_name(struct arena *arena, const char *name)
{
	char *flag = arena_printf(arena, "--%s", name);
	for (char *p = flag; *p; p++)
		*p = (char)(*p == '_' ? '-' : *p);
	return flag;
}

/* Its variable is WEFT_MAX_BODY. */
static const char *
variable_name(struct arena *arena, const char *name)
{
	char *variable = arena_printf(arena, "WEFT_%s", name);
	for (char *p = variable; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return variable;
}

static const struct setting *
find_setting(const char *name)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

/* nearest_word() takes '-' for '_', so that flags are found as well. */
static const char *
nearest_setting(const char *name)
{
	const char *names[SETTINGS];
	for (size_t i = 0; i < SETTINGS; i++)
		names[i] = settings[i].name;
	return nearest_word(name, names, SETTINGS);
}

/* ---- defaults and the file ---- */

static enum err_code
take_defaults(struct loader *l)
{
	enum err_code code = ERR_OK;
	for (size_t i = 0; i < SETTINGS && !code; i++)
		code = take_text(l, &settings[i], settings[i].name, settings[i].otherwise);
	return code;
}

/* The value as a flag would give it, or NULL when it is of another type. */
static const char *
text_of(const struct loader *l, const struct setting *s, const struct node *value)
{
	if (s->type == SETTING_TEXT && value->kind == NODE_TEXT)
		return value->text;
	if (s->type == SETTING_NUMBER && value->kind == NODE_INT)
		return arena_printf(l->arena, "%" PRId64, value->integer);
	if (s->type == SETTING_SWITCH && value->kind == NODE_BOOL)
		return value->boolean ? "true" : "false";
	return NULL;
}

/* "weft.yaml: 3:9" */
static const char *
place_in(const struct loader *l, const char *path, struct position at)
{
	return arena_printf(l->arena, "%s: %u:%u", path, at.line, at.column);
}

static enum err_code
unknown_setting(struct loader *l, const char *path, const struct member *m)
{
	const char *place = place_in(l, path, m->at), *nearest = nearest_setting(m->key);
	if (!nearest)
		return ERR(l->e, MALFORMED, "%s: unknown setting '%s'", place, m->key);
	return ERR(l->e, MALFORMED, "%s: unknown setting '%s'; did you mean '%s'?", place, m->key,
		   nearest);
}

static enum err_code
take_member(struct loader *l, const char *path, const struct member *m)
{
	static const char *const wanted[] = {"text", "a whole number", "true or false"};
	const struct setting *s = find_setting(m->key);
	if (!s)
		return unknown_setting(l, path, m);
	const char *text = text_of(l, s, &m->value);
	const char *source =
	    arena_printf(l->arena, "%s: %s", place_in(l, path, m->value.at), s->name);
	if (!text)
		return ERR(l->e, MALFORMED, "%s: expected %s, found %s", source, wanted[s->type],
			   node_kind_name(m->value.kind));
	return take_text(l, s, source, text);
}

/* Of such lines the sample is made: nobody has to change one to start with it. */
static bool
is_all_comments(const char *path, struct arena *arena)
{
	char *text;
	size_t length;
	struct err ignored;
	if (file_read(path, MOST_FILE, arena, &text, &length, &ignored) != ERR_OK)
		return false;
	for (const char *line = text; *line; line += *line == '\n') {
		line += strspn(line, " \t\r");
		if (*line && *line != '#' && *line != '\n')
			return false;
		line += strcspn(line, "\n");
	}
	return true;
}

static enum err_code
take_file(struct loader *l, const char *path)
{
	struct node root;
	if (is_all_comments(path, l->arena))
		return ERR_OK;
	enum err_code code = document_read_file(path, l->arena, &root, l->e);
	if (code) /* one that is not there, too large or not readable was named wrongly */
		return l->e->code = code == ERR_MALFORMED ? code : ERR_USAGE;
	if (root.kind != NODE_MAP)
		return ERR(l->e, MALFORMED, "%s: expected a map of settings, found %s", path,
			   node_kind_name(root.kind));
	for (uint32_t i = 0; i < root.count && !code; i++)
		code = take_member(l, path, &root.members[i]);
	return code;
}

/* ---- the environment ---- */

static enum err_code
take_environment(struct loader *l)
{
	enum err_code code = ERR_OK;
	for (size_t i = 0; i < SETTINGS && !code; i++) {
		const char *variable = variable_name(l->arena, settings[i].name),
			   *text = getenv(variable);
		if (text)
			code = take_text(l, &settings[i], variable, text);
	}
	return code;
}

/* ---- the flags ---- */

/* A flag taken apart. */
struct flag {
	const char *name;        /* with its dashes, without the value: "--max-body", "--no-dev" */
	const char *value;       /* or NULL */
	const struct setting *s; /* NULL for --config */
};

static const struct setting *
find_flag(struct arena *arena, const char *name)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strcmp(flag_name(arena, settings[i].name), name) == 0)
			return &settings[i];
	return NULL;
}

static enum err_code
unknown_flag(struct loader *l, const char *word, const char *name)
{
	if (strncmp(name, "--", 2) != 0)
		return ERR(l->e, USAGE, "unexpected word '%s'; settings are written --name VALUE",
			   word);
	const char *nearest = nearest_setting(name + 2);
	if (nearest)
		return ERR(l->e, USAGE, "unknown flag '%s'; did you mean '%s'?", name,
			   flag_name(l->arena, nearest));
	return ERR(l->e, USAGE, "unknown flag '%s'; --help lists those there are", name);
}

/* --no-name: the switch `name`, set to false. */
static bool
take_negated(struct loader *l, struct flag *flag)
{
	if (flag->value || strncmp(flag->name, "--no-", 5) != 0)
		return false;
	flag->s = find_flag(l->arena, arena_printf(l->arena, "--%s", flag->name + 5));
	flag->value = "false";
	return flag->s && flag->s->type == SETTING_SWITCH;
}

/* The flag at `*i`, and its value, for which `*i` may move on. */
static enum err_code
next_flag(struct loader *l, int argc, char **argv, int *i, struct flag *flag)
{
	const char *word = argv[*i], *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	*flag = (struct flag){.name = arena_bytes(l->arena, word, length),
			      .value = equals ? equals + 1 : NULL};
	flag->s = find_flag(l->arena, flag->name);
	if (!flag->s && strcmp(flag->name, "--config") != 0)
		return take_negated(l, flag) ? ERR_OK : unknown_flag(l, word, flag->name);
	if (!flag->value && flag->s && flag->s->type == SETTING_SWITCH)
		flag->value = "true";
	if (!flag->value && *i + 1 == argc)
		return ERR(l->e, USAGE, "%s: its value is missing", flag->name);
	if (!flag->value)
		flag->value = argv[++*i];
	return ERR_OK;
}

static enum err_code
take_flags(struct loader *l, int argc, char **argv)
{
	enum err_code code = ERR_OK;
	for (int i = 0; i < argc && !code; i++) {
		struct flag flag;
		code = next_flag(l, argc, argv, &i, &flag);
		if (!code && flag.s)
			code = take_text(l, flag.s, flag.name, flag.value);
	}
	return code;
}

/* The file's name comes from the last sources but is read before them. */
static enum err_code
find_file(struct loader *l, int argc, char **argv, const char **ret_path)
{
	const char *path = getenv("WEFT_CONFIG");
	for (int i = 0; i < argc; i++) {
		struct flag flag;
		enum err_code code = next_flag(l, argc, argv, &i, &flag);
		if (code)
			return code;
		if (!flag.s)
			path = flag.value;
	}
	*ret_path = path && *path ? path : NULL;
	return ERR_OK;
}

enum err_code
config_load(int argc, char **argv, struct arena *arena, struct config *ret_config, struct err *e)
{
	struct loader l = {.arena = arena, .e = e};
	const char *path;
	enum err_code code = find_file(&l, argc, argv, &path);
	if (!code)
		code = take_defaults(&l);
	if (!code && path)
		code = take_file(&l, path);
	if (!code)
		code = take_environment(&l);
	if (!code)
		code = take_flags(&l, argc, argv);
	if (!code)
		*ret_config = l.config;
	return code;
}

/* ---- for people ---- */

/* "default 15, from 1 to 600 seconds" */
static void
print_range(struct buf *out, const struct setting *s)
{
	buf_printf(out, "default %s", *s->otherwise ? s->otherwise : "empty");
	if (s->type == SETTING_NUMBER)
		buf_printf(out, ", from %" PRId64 " to %" PRId64 "%s%s", s->smallest, s->largest,
			   *s->unit ? " " : "", s->unit);
}

static void
print_help(struct buf *out, const char *flag, const char *value, const char *help)
{
	size_t used = strlen(flag) + strlen(value) + 1;
	buf_printf(out, "  %s %s%*s  %s", flag, value, used < 25 ? (int)(25 - used) : 0, "", help);
}

void
config_help(struct buf *out)
{
	static const char *const values[] = {"TEXT", "N", ""};
	struct arena arena = {0};
	print_help(out, "--config", "FILE", "read settings from a YAML file (or WEFT_CONFIG)\n");
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		print_help(out, flag_name(&arena, s->name), values[s->type], s->help);
		buf_text(out, " (");
		print_range(out, s);
		buf_text(out, ")\n");
	}
	arena_done(&arena);
}

/* Everything is commented out: an untouched sample says what the defaults say. */
void
config_sample(struct buf *out)
{
	buf_text(out,
		 "# Settings of `weft serve`; what is commented out shows the default.\n"
		 "# WEFT_NAME in the environment goes before this file, --name before both.\n");
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		const char *quote = s->type == SETTING_TEXT ? "\"" : "";
		buf_printf(out, "\n# %s (", s->help);
		print_range(out, s);
		buf_printf(out, ")\n#%s: %s%s%s\n", s->name, quote, s->otherwise, quote);
	}
}
