/*
 * pet.h -- a table of fields with one of everything, for the tests of what is derived from tables.
 */
#ifndef WEFT_TESTS_PET_H
#define WEFT_TESTS_PET_H

#include <string.h>

#include "base/duration.h"
#include "base/field.h"

struct visit {
	struct position at;
	const char *reason;
	int mood; /* index into moods */
};

struct pet {
	struct position at;
	const char *name, *version;
	bool is_tame;
	int64_t legs;
	double weight;
	struct duration age;
	int mood;
	struct texts tags;
	struct visit last;
	struct list visits;
	const struct node *anything;
};

static const char *const moods[] = {"calm", "playful", "hungry", NULL};

static void
check_name(const struct field_context *c, const struct node *value)
{
	if (strchr(value->text, ' '))
		violation_note(c->violations, "name", c->pointer, value->at, "'%s' holds a space",
			       value->text);
}

static void
check_tag(const struct field_context *c, const struct node *value)
{
	if (strcmp(value->text, "bad") == 0)
		violation_note(c->violations, "tag", c->pointer, value->at, "no such tag");
}

static void
check_pet(const struct field_context *c, const struct node *value)
{
	if (node_int(value, "legs", 4) > 4 && c->user)
		violation_note(c->violations, "legs", c->pointer, value->at, "too many legs");
}

/* `- a reason` stands for `- {reason: a reason}`. */
static bool
brief_visit(const struct field_context *c, const struct node *value, void *ret_struct)
{
	if (value->kind != NODE_TEXT) {
		violation_note(c->violations, "type", c->pointer, value->at,
			       "expected a reason or a map, found %s", node_kind_name(value->kind));
		return false;
	}
	((struct visit *)ret_struct)->reason = value->text;
	return true;
}

// clang-format off
static const struct field visit_fields[] = {
	{"reason", FIELD_TEXT, offsetof(struct visit, reason), FIELD_REQUIRED, .help = "Why | when", .example = "a cough"},
	{"mood", FIELD_WORD, offsetof(struct visit, mood), .words = moods},
	{0},
};

static const struct field_set visit_set = {
	"vet visit", sizeof(struct visit), visit_fields, .has_place = true, .brief = brief_visit,
	.brief_help = "a text is the reason", .help = "A visit",
};

static const struct field pet_fields[] = {
	{"name", FIELD_TEXT, offsetof(struct pet, name), FIELD_REQUIRED | FIELD_NOT_EMPTY, .check = check_name, .pattern = "^[a-z]+$", .help = "What it is called", .example = "rex"},
	{"version", FIELD_TEXT, offsetof(struct pet, version), .help = "Which one"},
	{"is_tame", FIELD_BOOL, offsetof(struct pet, is_tame), .help = "Whether it bites"},
	{"legs", FIELD_INT, offsetof(struct pet, legs), .help = "How many"},
	{"weight", FIELD_REAL, offsetof(struct pet, weight), .help = "In kilograms"},
	{"age", FIELD_DURATION, offsetof(struct pet, age), .example = "2 years"},
	{"mood", FIELD_WORD, offsetof(struct pet, mood), .words = moods},
	{"tags", FIELD_TEXTS, offsetof(struct pet, tags), FIELD_NOT_EMPTY, .check = check_tag, .example = "[small, brown]"},
	{"last", FIELD_MAP, offsetof(struct pet, last), .of = &visit_set},
	{"visits", FIELD_LIST, offsetof(struct pet, visits), FIELD_OR_ONE, .of = &visit_set},
	{"anything", FIELD_NODE, offsetof(struct pet, anything), .help = "Whatever there is to say"},
	{0},
};

static const struct field_set pet_set = {
	"pet", sizeof(struct pet), pet_fields, .has_place = true, .extensions = true, .check = check_pet, .help = "An animal",
};
// clang-format on

#endif
