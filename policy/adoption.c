/*
 * adoption.c -- settings as values, then a text line by line.
 */
#include "adoption.h"

#include <string.h>

#include "base/json.h"

#include "parameter.h"

/* ---- settings ---- */

static const struct parameter *
find_parameter(const struct parameters *known, const char *setting, size_t length,
	       struct arena *arena, struct err *e)
{
	const char *name = arena_bytes(arena, setting, length);
	const struct parameter *p = parameter_find(known, name);
	if (p)
		return p;
	const char **names = ARENA_ARRAY(arena, const char *, known->count);
	for (size_t i = 0; i < known->count; i++)
		names[i] = known->items[i].name;
	const char *nearest = nearest_word(name, names, known->count);
	ERR(e, USAGE, "the policy has no parameter '%s'%s%s%s", name,
	    nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
	return NULL;
}

/* A text needs no quotes; all else is YAML. */
static enum err_code
read_value(const struct parameter *p, const char *text, struct arena *arena, struct node *ret_value,
	   struct err *e)
{
	if (p->type == PARAMETER_TEXT || p->type == PARAMETER_PERIOD) {
		*ret_value =
		    (struct node){.kind = NODE_TEXT, .count = (uint32_t)strlen(text), .text = text};
		return ERR_OK;
	}
	if (document_read(DOCUMENT_YAML, text, strlen(text), NULL, arena, ret_value, e) == ERR_OK)
		return ERR_OK;
	struct err why = *e;
	return ERR(e, USAGE, "the value of '%s' cannot be read: %s", p->name, why.message);
}

static enum err_code
write_setting(const struct parameters *known, const char *setting, const char *indent,
	      struct arena *arena, struct buf *out, struct err *e)
{
	const char *sign = strchr(setting, '=');
	struct node value;
	if (!sign || sign == setting)
		return ERR(e, USAGE, "'%s' is no setting: PARAMETER=VALUE, as in minimum=10 years",
			   setting);
	const struct parameter *p =
	    find_parameter(known, setting, (size_t)(sign - setting), arena, e);
	if (!p || read_value(p, sign + 1, arena, &value, e) != ERR_OK)
		return e->code;
	buf_printf(out, "%s%s: ", indent, p->name);
	json_node(&(struct json){.out = out}, &value);
	buf_char(out, '\n');
	return ERR_OK;
}

static enum err_code
write_settings(const struct node *document, const struct adoption *a, const char *indent,
	       struct arena *arena, struct buf *out, struct err *e)
{
	struct parameters known;
	struct violations ignored = {.arena = arena};
	parameters_decode(node_get(document, "parameters"), arena, &ignored, &known);
	for (size_t i = 0; i < a->setting_count; i++) {
		enum err_code code = write_setting(&known, a->settings[i], indent, arena, out, e);
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

static const char *
scope_of(const struct adoption *a, struct arena *arena)
{
	return a->domain ? arena_printf(arena, "domain:%s", a->domain) : "global";
}

const char *
policy_adopted_name(const char *name, const char *domain, struct arena *arena)
{
	return domain ? arena_printf(arena, "%s-%s", domain, name) : name;
}

/* ---- line by line ---- */

struct adopting {
	const struct adoption *adoption;
	struct arena *arena;
	const char *values; /* the block; "" when nothing is set, and once it stands */
	struct buf *out;
};

static bool
begins(const char *line, const char *key)
{
	return strncmp(line, key, strlen(key)) == 0;
}

/* What stands in the place of a line; NULL: the line itself. */
static const char *
replacement(const struct adopting *k, const char *line)
{
	const struct adoption *a = k->adoption;
	const char *text = line + strspn(line, " ");
	if (begins(line, "name: "))
		return a->domain ? arena_printf(k->arena, "name: %s",
						policy_adopted_name(line + strlen("name: "),
								    a->domain, k->arena))
				 : NULL;
	if (begins(line, "scope: "))
		return arena_printf(k->arena, "scope: %s", scope_of(a, k->arena));
	if (!a->enforcement)
		return NULL;
	if (begins(line, "enforcement: "))
		return arena_printf(k->arena, "enforcement: %s", a->enforcement);
	if (strcmp(text, "expect: deny") == 0)
		return arena_printf(k->arena, "%.*sexpect: %s", (int)(text - line), line,
				    a->enforcement);
	return NULL;
}

static void
adopt_line(struct adopting *k, const char *line)
{
	if (begins(line, "variables:") || begins(line, "validations:")) {
		buf_text(k->out, k->values);
		k->values = "";
	}
	const char *other = replacement(k, line);
	buf_printf(k->out, "%s\n", other ? other : line);
}

static void
adopt_lines(struct adopting *k, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *line = arena_bytes(k->arena, text, length);
		if (k->adoption->domain && begins(line, "tests:"))
			return;
		adopt_line(k, line);
		text += length + (text[length] == '\n');
	}
}

/* "values:" and what it holds, or nothing. */
static enum err_code
write_values(const struct node *document, const struct adoption *a, struct arena *arena,
	     struct buf *out, struct err *e)
{
	if (a->setting_count == 0)
		return ERR_OK;
	buf_printf(out, "values:\n  - scope: %s\n    set:\n", scope_of(a, arena));
	return write_settings(document, a, "      ", arena, out, e);
}

enum err_code
policy_adopt(const char *text, size_t length, const struct adoption *a, struct arena *arena,
	     struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf values = {0};
	struct node document;
	enum err_code code = document_read(DOCUMENT_YAML, text, length, NULL, arena, &document, e);
	if (code == ERR_OK)
		code = write_values(&document, a, arena, &values, e);
	if (code != ERR_OK)
		return code;
	struct adopting k = {a, arena, values.length ? values.data : "", out};
	adopt_lines(&k, arena_bytes(arena, text, length));
	return ERR_OK;
}

enum err_code
policy_tighten(const struct node *base, const struct adoption *a, struct arena *arena,
	       struct buf *out, struct err *e)
{
	const char *name = node_text(base, "name", "");
	if (a->setting_count == 0)
		return ERR(e, USAGE,
			   "'%s' is in force for the whole mesh: a domain can only set a stricter "
			   "value of one of its parameters",
			   name);
	buf_printf(out,
		   "kind: Policy\nname: %s\nscope: %s\nenforcement: %s\ntightens: %s\n"
		   "parameters:\n",
		   policy_adopted_name(name, a->domain, arena), scope_of(a, arena),
		   a->enforcement ? a->enforcement : node_text(base, "enforcement", "deny"), name);
	return write_settings(base, a, "  ", arena, out, e);
}
