/*
 * value.h -- what the evaluator and its functions need of values beyond cel.h: all of it small,
 * most of it inline.
 */
#ifndef WEFT_POLICY_VALUE_H
#define WEFT_POLICY_VALUE_H

#include <math.h>
#include <string.h>

#include "cel/cel.h"

/*
 * A map that the program made.  Entries keep their order.  Beyond a few of them there is an index:
 * open addressing, at most half full, `index[hash & mask]` is the number of an entry plus one, or
 * 0.
 */
struct cel_map {
	struct cel_entry *entries;
	uint32_t count, capacity;
	uint32_t *index; /* NULL while the map is small */
	uint32_t mask;
};

/* map_add -- false when the key is there already.  `m` grows in `arena`. */
bool cel_map_add(struct cel_map *m, struct arena *arena, struct cel_value key,
		 struct cel_value value);
struct cel_value cel_map_value(const struct cel_map *m);

/* Only these can be keys. */
static inline bool
cel_is_key(struct cel_value v)
{
	return v.kind == CEL_STRING || v.kind == CEL_INT || v.kind == CEL_UINT ||
	       v.kind == CEL_BOOL;
}

static inline bool
cel_is_error(struct cel_value v)
{
	return v.kind == CEL_ERROR;
}

static inline bool
cel_is_true(struct cel_value v)
{
	return v.kind == CEL_BOOL && v.boolean;
}

static inline bool
cel_is_false(struct cel_value v)
{
	return v.kind == CEL_BOOL && !v.boolean;
}

/*
 * A document's node without a call and without a branch: the evaluator's most common step.  What a
 * node and a value hold is laid out alike; a form that a kind has no use for does no harm.
 */
static inline struct cel_value
value_of_node(const struct node *n)
{
	static const uint8_t kinds[] = {
	    [NODE_NULL] = CEL_NULL,   [NODE_BOOL] = CEL_BOOL,   [NODE_INT] = CEL_INT,
	    [NODE_REAL] = CEL_DOUBLE, [NODE_TEXT] = CEL_STRING, [NODE_LIST] = CEL_LIST,
	    [NODE_MAP] = CEL_MAP,
	};
	return (struct cel_value){
	    .kind = kinds[n->kind], .form = CEL_DOCUMENT, .count = n->count, .integer = n->integer};
}

static inline struct cel_value
value_item(struct cel_value list, size_t i)
{
	return list.form == CEL_DOCUMENT ? value_of_node(&list.nodes[i]) : list.items[i];
}

/*
 * Whether a document's key, which ends with a NUL, is this text, which may hold one.  Most keys
 * differ in their first byte: a call of strcmp costs more than to see that.
 */
static inline bool
value_key_is(const char *key, const char *text, uint32_t length)
{
	if (length == 0 || key[0] != text[0])
		return length == 0 && !key[0];
	for (uint32_t i = 0; i < length; i++)
		if (key[i] != text[i] || !key[i])
			return false;
	return !key[length];
}

static inline bool
value_same_text(struct cel_value a, struct cel_value b)
{
	return a.count == b.count && (a.count == 0 || memcmp(a.text, b.text, a.count) == 0);
}

/* The member of a document's map, or NULL. */
static inline const struct node *
value_node_under(struct cel_value map, const char *name, uint32_t length)
{
	char first = '\0';
	if (length)
		first = name[0];
	for (uint32_t i = 0; i < map.count; i++) {
		const struct member *m = &map.members[i];
		if (m->key[0] == first && value_key_is(m->key, name, length))
			return &m->value;
	}
	return NULL;
}

/* The same for a name that ends with a NUL and holds none: most keys differ in their first byte,
 * and one that does not is mostly it. */
static inline const struct node *
value_field_under(struct cel_value map, const char *name)
{
	for (uint32_t i = 0; i < map.count; i++) {
		const struct member *m = &map.members[i];
		if (m->key[0] == name[0] && strcmp(m->key, name) == 0)
			return &m->value;
	}
	return NULL;
}

/*
 * What looking up, hashing or comparing costs beyond the step that it is: nothing for what
 * documents usually hold, since so many members or bytes are gone through in the time of one step.
 */
enum { MEMBERS_A_STEP = 64, COMPARED_A_STEP = 64 };

static inline uint32_t
value_search_cost(struct cel_value map)
{
	return map.form == CEL_DOCUMENT ? map.count / MEMBERS_A_STEP : 0;
}

static inline uint32_t
value_text_cost(struct cel_value v)
{
	return v.kind == CEL_STRING || v.kind == CEL_BYTES ? v.count / COMPARED_A_STEP : 0;
}

/* value_member -- look a text up in a map. */
static inline bool
value_member(struct cel_value map, const char *name, uint32_t length, struct cel_value *ret_value)
{
	if (map.form == CEL_OWN)
		return cel_find(map, cel_string(name, length), ret_value);
	const struct node *found = value_node_under(map, name, length);
	if (found)
		*ret_value = value_of_node(found);
	return found;
}

/* How two values are ordered; VALUE_UNORDERED: one is NaN.  False when their kinds have no order
 * between them. */
enum value_order { VALUE_LESS = -1, VALUE_SAME = 0, VALUE_GREATER = 1, VALUE_UNORDERED = 2 };
bool value_compare(struct cel_value a, struct cel_value b, enum value_order *ret_order);

/*
 * value_equal -- as cel_equal, counting down `*budget` by what it costs: one for each pair of
 * values that is looked at, more for wide maps and long texts; false when it runs out, with
 * `*budget` 0.
 */
bool value_equal(struct cel_value a, struct cel_value b, uint64_t *budget);

/* The same number as a signed integer, if it is one: how keys and indexes of any numeric type find
 * their place. */
bool value_as_integer(struct cel_value v, int64_t *ret_integer);

/* What an optional holds that is not none. */
static inline struct cel_value
value_inside(struct cel_value optional)
{
	return optional.form == CEL_DOCUMENT ? value_of_node(optional.nodes) : *optional.inner;
}

/* An optional of a document's node, which stays where it is; none for NULL. */
static inline struct cel_value
value_optional_node(const struct node *n)
{
	return (struct cel_value){.kind = CEL_OPTIONAL, .form = CEL_DOCUMENT, .nodes = n};
}

struct cel_value cel_type_value(const char *name);
struct cel_value cel_optional(struct arena *arena, struct cel_value inner);
struct cel_value cel_optional_none(void);

/* The code points of UTF-8, which is known to be well-formed. */
size_t value_code_points(const char *text, size_t length);

#endif
