/*
 * type.h -- the types that expressions are checked with (langdef.md, "Gradual Type Checking").
 *
 * A type is immutable and lives in the arena it was made in; the simple ones are constants.
 *
 * Where a document may hold one map, a short form or a list of them, only evaluation can tell
 * which. The type is dyn then, but loose: it knows the table.  Each value of it is a map of that
 * table, a list of what is loose by the same table, or something without fields; so that a name
 * that is not in the table is wrong in every case.
 */
#ifndef WEFT_POLICY_TYPE_H
#define WEFT_POLICY_TYPE_H

#include "cel/value.h"

enum type_kind {
	TYPE_DYN, /* anything: checked when evaluated; loose with `fields` */
	TYPE_NULL,
	TYPE_BOOL,
	TYPE_INT,
	TYPE_UINT,
	TYPE_DOUBLE,
	TYPE_STRING,
	TYPE_BYTES,
	TYPE_TIMESTAMP,
	TYPE_DURATION,
	TYPE_PERIOD,
	TYPE_TYPE,     /* of types: type(T) */
	TYPE_LIST,     /* list(T) */
	TYPE_MAP,      /* map(K, V) */
	TYPE_OPTIONAL, /* optional_type(T) */
	TYPE_IP,
	TYPE_CIDR,
	TYPE_ITEM,     /* item(T), in what a function gives: see type_item() */
	TYPE_ABSTRACT, /* NAME(T, ...) */
	TYPE_RECORD,   /* a map whose keys are known: `fields` or `members` */
	TYPE_PARAM,    /* a capital letter in a signature */
	TYPE_UNKNOWN,  /* to be inferred: `index` in the inference */
};

struct cel_type {
	enum type_kind kind;
	uint32_t index, count; /* `count` parameters */
	uint32_t depth;        /* of nesting: 0 for one without parameters */
	bool or_null;          /* may be compared with null all the same */
	const char *name;      /* of an abstract type or a parameter */
	const struct cel_type *const *parameters;
	const struct field_set *fields;
	const struct node *members;
};

/* The simple ones; type_simple(TYPE_LIST) and the like are lists of dyn. */
const struct cel_type *type_simple(enum type_kind kind);
const struct cel_type *type_list(struct arena *arena, const struct cel_type *item);
const struct cel_type *type_map(struct arena *arena, const struct cel_type *key,
				const struct cel_type *value);
const struct cel_type *type_of(struct arena *arena, enum type_kind kind,
			       const struct cel_type *parameter);

/* type_parse -- the type at `*text`, which moves behind it.  NULL when it is none: a mistake of the
 * program. */
const struct cel_type *type_parse(struct arena *arena, const char **text);

const char *type_format(struct arena *arena, const struct cel_type *t);

/* type_with -- a type with these parameters (copied), else as `like`. */
const struct cel_type *type_with(struct arena *arena, const struct cel_type *like,
				 const struct cel_type *const *parameters, uint32_t count);

/* type_copy -- the whole of it; tables and documents that records stand for stay where they are. */
const struct cel_type *type_copy(struct arena *arena, const struct cel_type *t);

/* type_equal -- exactly the same. */
bool type_equal(const struct cel_type *a, const struct cel_type *b);

/* type_loose -- dyn that knows the table. */
const struct cel_type *type_loose(struct arena *arena, const struct field_set *set);
bool type_is_loose(const struct cel_type *t);

/* type_loose_member -- of dyn: what is in it, be it an item of a list or the value of a field. */
const struct cel_type *type_loose_member(const struct cel_type *dyn);

/* type_item -- dyn, as loose as is known of what `t` or the optional of it is or, if it is a list,
 * holds. */
const struct cel_type *type_item(struct arena *arena, const struct cel_type *t);

/* Records and what is loose: the type of a field; NULL when there is no such field, with the
 * nearest name in `*ret_nearest` (or NULL). */
const struct cel_type *record_field(struct arena *arena, const struct cel_type *record,
				    const char *name, const char **ret_nearest);
const struct cel_type *record_of_fields(struct arena *arena, const struct field_set *set);
const struct cel_type *record_of_members(struct arena *arena, const struct node *map);

/* The kinds of values that the type allows, a bit each: 1 << CEL_INT ... */
uint32_t type_kinds(const struct cel_type *t);

/* The type that a type's name as a value stands for: "int", "google.protobuf.Duration"; NULL when
 * there is none. */
const struct cel_type *type_named(const char *name);

#endif
