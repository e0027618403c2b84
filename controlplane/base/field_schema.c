/*
 * field_schema.c -- a table as JSON Schema (draft 2020-12), made for editors: descriptions to show,
 * words and examples to offer, and unknown keys underlined.
 *
 * Every set is a definition; the root refers to the first.  The schema is a little stricter than
 * the decoder: it wants a key that has no value left out rather than null.
 */
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "field_sets.h"

/*
 * Its form alone; which units there are is the decoder's to say, for a message that can be
 * understood.
 */
static const char duration_pattern[] =
    "^\\s*([0-9]+\\s*[A-Za-z\xC2\xB5]+\\s*)+$|^\\s*P[0-9YMWDTHS]+$";

struct schema {
	struct json j;
	struct field_sets sets;
};

/*
 * Names are plain words; two sets of one name are told apart by their number, and a space would
 * need escaping.
 */
static char *
definition_name(const struct schema *s, const struct field_set *set)
{
	struct buf name = {0};
	size_t same = 0;
	buf_text(&name, set->name);
	for (size_t i = 0; s->sets.items[i] != set; i++)
		same += strcmp(s->sets.items[i]->name, set->name) == 0;
	if (same)
		buf_printf(&name, "_%zu", same + 1);
	for (char *p = name.data; *p; p++)
		*p = (char)(*p == ' ' ? '_' : *p);
	return buf_take(&name);
}

static void
write_reference(struct schema *s, const struct field_set *set)
{
	struct buf target = {0};
	char *name = definition_name(s, set);
	buf_printf(&target, "#/$defs/%s", name);
	json_member_text(&s->j, "$ref", target.data);
	buf_done(&target);
	free(name);
}

static void
write_reference_alone(struct schema *s, const struct field_set *set)
{
	json_begin_map(&s->j);
	write_reference(s, set);
	json_end_map(&s->j);
}

static void
write_type(struct schema *s, const char *type)
{
	json_member_text(&s->j, "type", type);
}

/* ---- one field ---- */

static void
write_text_limits(struct schema *s, const struct field *f, const char *pattern)
{
	write_type(s, "string");
	if (f->flags & FIELD_NOT_EMPTY)
		json_member_int(&s->j, "minLength", 1);
	if (pattern)
		json_member_text(&s->j, "pattern", pattern);
}

static void
write_words(struct schema *s, const struct field *f)
{
	json_key(&s->j, "enum");
	json_begin_list(&s->j);
	for (const char *const *word = f->words; *word; word++)
		json_text(&s->j, *word);
	json_end_list(&s->j);
}

static void
write_list_head(struct schema *s, const struct field *f)
{
	write_type(s, "array");
	if (f->flags & FIELD_NOT_EMPTY)
		json_member_int(&s->j, "minItems", 1);
	json_key(&s->j, "items");
}

/* One text, or a list of such texts. */
static void
write_texts(struct schema *s, const struct field *f)
{
	json_key(&s->j, "anyOf");
	json_begin_list(&s->j);
	json_begin_map(&s->j);
	write_text_limits(s, f, f->pattern);
	json_end_map(&s->j);
	json_begin_map(&s->j);
	write_list_head(s, f);
	json_begin_map(&s->j);
	write_type(s, "string");
	if (f->pattern)
		json_member_text(&s->j, "pattern", f->pattern);
	json_end_map(&s->j);
	json_end_map(&s->j);
	json_end_list(&s->j);
}

static void
write_map(struct schema *s, const struct field *f)
{
	write_reference(s, f->of);
	if (f->flags & FIELD_NOT_EMPTY)
		json_member_int(&s->j, "minProperties", 1);
}

/*
 * What may stand for a list of one: a short form that is itself a list would be taken for the
 * list.
 *
 */
static void
write_one(struct schema *s, const struct field_set *set)
{
	json_begin_map(&s->j);
	write_reference(s, set);
	json_key(&s->j, "type");
	json_begin_list(&s->j);
	json_text(&s->j, "object");
	if (set->brief)
		json_text(&s->j, "string");
	json_end_list(&s->j);
	json_end_map(&s->j);
}

static void
write_list(struct schema *s, const struct field *f)
{
	if (!(f->flags & FIELD_OR_ONE)) {
		write_list_head(s, f);
		write_reference_alone(s, f->of);
		return;
	}
	json_key(&s->j, "anyOf");
	json_begin_list(&s->j);
	write_one(s, f->of);
	json_begin_map(&s->j);
	write_list_head(s, f);
	write_reference_alone(s, f->of);
	json_end_map(&s->j);
	json_end_list(&s->j);
}

static void
write_field_type(struct schema *s, const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
		write_text_limits(s, f, f->pattern);
		break;
	case FIELD_BOOL:
		write_type(s, "boolean");
		break;
	case FIELD_INT:
		write_type(s, "integer");
		break;
	case FIELD_REAL:
		write_type(s, "number");
		break;
	case FIELD_DURATION:
		write_text_limits(s, f, f->pattern ? f->pattern : duration_pattern);
		break;
	case FIELD_WORD:
		write_words(s, f);
		break;
	case FIELD_TEXTS:
		write_texts(s, f);
		break;
	case FIELD_MAP:
		write_map(s, f);
		break;
	case FIELD_LIST:
		write_list(s, f);
		break;
	case FIELD_NODE:
	case FIELD_END:
		break; /* anything goes */
	}
}

/* The example stands in the table as YAML. */
static void
write_example(struct schema *s, const char *example)
{
	struct arena arena = {0};
	struct node n;
	struct err e;
	json_key(&s->j, "examples");
	json_begin_list(&s->j);
	if (document_read(DOCUMENT_YAML, example, strlen(example), NULL, &arena, &n, &e))
		json_text(&s->j, example);
	else
		json_node(&s->j, &n);
	json_end_list(&s->j);
	arena_done(&arena);
}

static void
write_field(struct schema *s, const struct field *f)
{
	json_key(&s->j, f->name);
	json_begin_map(&s->j);
	if (f->help)
		json_member_text(&s->j, "description", f->help);
	write_field_type(s, f);
	if (f->example)
		write_example(s, f->example);
	json_end_map(&s->j);
}

/* ---- one set ---- */

static void
write_properties(struct schema *s, const struct field_set *set)
{
	json_key(&s->j, "properties");
	json_begin_map(&s->j);
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		write_field(s, f);
	json_end_map(&s->j);
}

static void
write_required(struct schema *s, const struct field_set *set)
{
	bool has_any = false;
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		has_any = has_any || (f->flags & FIELD_REQUIRED);
	if (!has_any)
		return;
	json_key(&s->j, "required");
	json_begin_list(&s->j);
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		if (f->flags & FIELD_REQUIRED)
			json_text(&s->j, f->name);
	json_end_list(&s->j);
}

static void
write_other_keys(struct schema *s, const struct field_set *set)
{
	if (set->extensions) {
		json_key(&s->j, "patternProperties");
		json_begin_map(&s->j);
		json_key(&s->j, "^x-");
		json_begin_map(&s->j);
		json_member_text(&s->j, "description", "An extension, kept as it is");
		json_end_map(&s->j);
		json_end_map(&s->j);
	}
	if (!set->open)
		json_member_bool(&s->j, "additionalProperties", false);
}

static void
write_object(struct schema *s, const struct field_set *set)
{
	json_begin_map(&s->j);
	if (set->help)
		json_member_text(&s->j, "description", set->help);
	write_type(s, "object");
	write_properties(s, set);
	write_required(s, set);
	write_other_keys(s, set);
	json_end_map(&s->j);
}

/* The short form is whatever is no map; the decoder knows more about it. */
static void
write_brief(struct schema *s, const struct field_set *set)
{
	json_begin_map(&s->j);
	if (set->brief_help)
		json_member_text(&s->j, "description", set->brief_help);
	json_key(&s->j, "not");
	json_begin_map(&s->j);
	write_type(s, "object");
	json_end_map(&s->j);
	json_end_map(&s->j);
}

static void
write_definition(struct schema *s, const struct field_set *set)
{
	char *name = definition_name(s, set);
	json_key(&s->j, name);
	free(name);
	if (!set->brief) {
		write_object(s, set);
		return;
	}
	json_begin_map(&s->j);
	json_key(&s->j, "anyOf");
	json_begin_list(&s->j);
	write_object(s, set);
	write_brief(s, set);
	json_end_list(&s->j);
	json_end_map(&s->j);
}

void
field_schema(const struct field_set *set, const char *id, const char *title, struct buf *out)
{
	struct schema s = {.j = {.out = out}, .sets = field_sets_from(set)};
	json_begin_map(&s.j);
	json_member_text(&s.j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_member_text(&s.j, "$id", id);
	json_member_text(&s.j, "title", title);
	write_reference(&s, set);
	json_key(&s.j, "$defs");
	json_begin_map(&s.j);
	for (size_t i = 0; i < s.sets.count; i++)
		write_definition(&s, s.sets.items[i]);
	json_end_map(&s.j);
	json_end_map(&s.j);
	free(s.sets.items);
}
