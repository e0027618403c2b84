/*
 * value.c -- making values, taking them apart, and the language's equality and order (langdef.md,
 * "Equality", "Ordering": all numbers live on one line, whatever their type).
 */
#include "cel/value.h"

#include "base/map.h"
#include "cel/address.h"

/* Deeper than any document or sensible expression; what protects the stack. */
enum { DEEPEST_VALUE = 500 };

struct cel_value
cel_null(void)
{
	return (struct cel_value){.kind = CEL_NULL};
}

struct cel_value
cel_bool(bool b)
{
	return (struct cel_value){.kind = CEL_BOOL, .boolean = b};
}

struct cel_value
cel_int(int64_t n)
{
	return (struct cel_value){.kind = CEL_INT, .integer = n};
}

struct cel_value
cel_uint(uint64_t n)
{
	return (struct cel_value){.kind = CEL_UINT, .natural = n};
}

struct cel_value
cel_double(double n)
{
	return (struct cel_value){.kind = CEL_DOUBLE, .real = n};
}

struct cel_value
cel_string(const char *text, size_t length)
{
	return (struct cel_value){.kind = CEL_STRING, .count = (uint32_t)length, .text = text};
}

struct cel_value
cel_bytes(const void *bytes, size_t length)
{
	return (struct cel_value){.kind = CEL_BYTES, .count = (uint32_t)length, .text = bytes};
}

struct cel_value
cel_list(const struct cel_value *items, size_t count)
{
	return (struct cel_value){.kind = CEL_LIST, .count = (uint32_t)count, .items = items};
}

struct cel_value
cel_timestamp(int64_t seconds, uint32_t nanoseconds)
{
	return (struct cel_value){.kind = CEL_TIMESTAMP, .count = nanoseconds, .integer = seconds};
}

struct cel_value
cel_duration(int64_t nanoseconds)
{
	return (struct cel_value){.kind = CEL_DURATION, .integer = nanoseconds};
}

struct cel_value
cel_period(struct duration d)
{
	return (struct cel_value){
	    .kind = CEL_PERIOD, .count = (uint32_t)d.months, .integer = d.micros};
}

struct cel_value
cel_moment(moment t)
{
	int64_t seconds = t / 1000000, micros = t % 1000000;
	if (micros < 0) {
		seconds--;
		micros += 1000000;
	}
	return cel_timestamp(seconds, (uint32_t)micros * 1000);
}

struct cel_value
cel_from_node(const struct node *n)
{
	return value_of_node(n);
}

struct cel_value
cel_type_value(const char *name)
{
	return (struct cel_value){.kind = CEL_TYPE, .count = (uint32_t)strlen(name), .text = name};
}

struct cel_value
cel_optional(struct arena *arena, struct cel_value inner)
{
	struct cel_value *held = ARENA_NEW(arena, struct cel_value);
	*held = inner;
	return (struct cel_value){.kind = CEL_OPTIONAL, .inner = held};
}

struct cel_value
cel_optional_none(void)
{
	return (struct cel_value){.kind = CEL_OPTIONAL, .inner = NULL};
}

const char *
cel_kind_name(enum cel_kind kind)
{
	static const char *const names[CEL_KINDS] = {
	    [CEL_ERROR] = "error",
	    [CEL_NULL] = "null_type",
	    [CEL_BOOL] = "bool",
	    [CEL_INT] = "int",
	    [CEL_UINT] = "uint",
	    [CEL_DOUBLE] = "double",
	    [CEL_STRING] = "string",
	    [CEL_BYTES] = "bytes",
	    [CEL_LIST] = "list",
	    [CEL_MAP] = "map",
	    [CEL_TIMESTAMP] = "google.protobuf.Timestamp",
	    [CEL_DURATION] = "google.protobuf.Duration",
	    [CEL_PERIOD] = "period",
	    [CEL_TYPE] = "type",
	    [CEL_OPTIONAL] = "optional_type",
	    [CEL_IP] = "net.IP",
	    [CEL_CIDR] = "net.CIDR",
	};
	return names[kind];
}

size_t
value_code_points(const char *text, size_t length)
{
	size_t n = 0;
	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}

/* ---- items and entries ---- */

struct cel_value
cel_item(struct cel_value list, size_t i)
{
	return value_item(list, i);
}

struct cel_entry
cel_entry_at(struct cel_value map, size_t i)
{
	if (map.form == CEL_OWN)
		return map.map->entries[i];
	const struct member *m = &map.members[i];
	return (struct cel_entry){cel_string(m->key, strlen(m->key)), value_of_node(&m->value)};
}

bool
value_as_integer(struct cel_value v, int64_t *ret_integer)
{
	switch (v.kind) {
	case CEL_INT:
		*ret_integer = v.integer;
		return true;
	case CEL_UINT:
		*ret_integer = (int64_t)v.natural;
		return v.natural <= INT64_MAX;
	case CEL_DOUBLE:
		if (!(v.real >= -0x1p63 && v.real < 0x1p63) || v.real != trunc(v.real))
			return false;
		*ret_integer = (int64_t)v.real;
		return true;
	default:
		return false;
	}
}

static uint32_t
key_hash(struct cel_value key)
{
	int64_t n = 0;
	if (key.kind == CEL_STRING)
		return (uint32_t)(map_hash(key.text, key.count) >> 32);
	if (key.kind == CEL_BOOL)
		n = key.boolean ? -2 : -1;
	else if (!value_as_integer(key, &n))
		n = key.kind == CEL_UINT ? (int64_t)key.natural : INT64_MIN;
	return (uint32_t)(((uint64_t)n * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/* Keys are never doubles: a double finds the integer that it is, or nothing. */
static bool
normal_key(struct cel_value *key)
{
	if (key->kind != CEL_DOUBLE)
		return true;
	int64_t n;
	if (value_as_integer(*key, &n))
		*key = cel_int(n);
	else if (key->real >= 0x1p63 && key->real < 0x1p64)
		*key = cel_uint((uint64_t)key->real);
	else
		return false;
	return true;
}

static bool
same_key(struct cel_value a, struct cel_value b)
{
	if (a.kind == CEL_STRING)
		return b.kind == CEL_STRING && value_same_text(a, b);
	return cel_equal(a, b);
}

/* The entry with the key, or NULL. */
static const struct cel_entry *
own_find(const struct cel_map *m, struct cel_value key)
{
	if (!normal_key(&key))
		return NULL;
	if (!m->index) {
		for (uint32_t i = 0; i < m->count; i++)
			if (same_key(m->entries[i].key, key))
				return &m->entries[i];
		return NULL;
	}
	for (uint32_t h = key_hash(key) & m->mask; m->index[h]; h = (h + 1) & m->mask)
		if (same_key(m->entries[m->index[h] - 1].key, key))
			return &m->entries[m->index[h] - 1];
	return NULL;
}

static void
index_entry(struct cel_map *m, uint32_t number)
{
	uint32_t h = key_hash(m->entries[number].key) & m->mask;
	while (m->index[h])
		h = (h + 1) & m->mask;
	m->index[h] = number + 1;
}

/* Room for one more entry, and an index once there are more than a glance takes in. */
static void
map_widen(struct cel_map *m, struct arena *arena)
{
	size_t capacity = m->capacity;
	m->entries = arena_grow(arena, m->entries, m->count, &capacity, sizeof *m->entries);
	if (capacity == m->capacity)
		return;
	m->capacity = (uint32_t)capacity;
	if (capacity <= 8)
		return;
	m->mask = m->capacity * 2 - 1;
	m->index = ARENA_ARRAY(arena, uint32_t, (size_t)m->mask + 1);
	for (uint32_t i = 0; i < m->count; i++)
		index_entry(m, i);
}

bool
cel_map_add(struct cel_map *m, struct arena *arena, struct cel_value key, struct cel_value value)
{
	if (own_find(m, key))
		return false;
	map_widen(m, arena);
	m->entries[m->count] = (struct cel_entry){key, value};
	if (m->index)
		index_entry(m, m->count);
	m->count++;
	return true;
}

struct cel_value
cel_map_value(const struct cel_map *m)
{
	return (struct cel_value){.kind = CEL_MAP, .count = m->count, .map = m};
}

struct cel_value
cel_map_of(struct arena *arena, const struct cel_entry *entries, size_t count)
{
	struct cel_map *m = ARENA_NEW(arena, struct cel_map);
	for (size_t i = 0; i < count; i++)
		cel_map_add(m, arena, entries[i].key, entries[i].value);
	return cel_map_value(m);
}

bool
cel_find(struct cel_value map, struct cel_value key, struct cel_value *ret_value)
{
	if (map.form == CEL_DOCUMENT)
		return key.kind == CEL_STRING && value_member(map, key.text, key.count, ret_value);
	const struct cel_entry *found = own_find(map.map, key);
	if (found)
		*ret_value = found->value;
	return found;
}

/* ---- equality and order ---- */

static bool
is_number(struct cel_value v)
{
	return v.kind == CEL_INT || v.kind == CEL_UINT || v.kind == CEL_DOUBLE;
}

#define ORDER(a, b) ((a) < (b) ? VALUE_LESS : (a) > (b) ? VALUE_GREATER : VALUE_SAME)

static enum value_order
compare_int_uint(int64_t a, uint64_t b)
{
	return a < 0 ? VALUE_LESS : ORDER((uint64_t)a, b);
}

/* As the reference does it: beyond the range of the integer the answer is clear, within it both are
 * doubles. */
static enum value_order
compare_int_double(int64_t a, double b)
{
	if (isnan(b))
		return VALUE_UNORDERED;
	if (b > 0x1p63)
		return VALUE_LESS;
	if (b < -0x1p63)
		return VALUE_GREATER;
	return ORDER((double)a, b);
}

static enum value_order
compare_uint_double(uint64_t a, double b)
{
	if (isnan(b))
		return VALUE_UNORDERED;
	if (b > 0x1p64)
		return VALUE_LESS;
	if (b < 0)
		return VALUE_GREATER;
	return ORDER((double)a, b);
}

static enum value_order
reverse(enum value_order order)
{
	return order == VALUE_UNORDERED ? order : (enum value_order)(-(int)order);
}

static enum value_order
compare_numbers(struct cel_value a, struct cel_value b)
{
	if (a.kind == CEL_INT && b.kind == CEL_INT)
		return ORDER(a.integer, b.integer);
	if (a.kind == CEL_UINT && b.kind == CEL_UINT)
		return ORDER(a.natural, b.natural);
	if (a.kind == CEL_DOUBLE && b.kind == CEL_DOUBLE)
		return isnan(a.real) || isnan(b.real) ? VALUE_UNORDERED : ORDER(a.real, b.real);
	if (a.kind == CEL_INT)
		return b.kind == CEL_UINT ? compare_int_uint(a.integer, b.natural)
					  : compare_int_double(a.integer, b.real);
	if (a.kind == CEL_UINT && b.kind == CEL_DOUBLE)
		return compare_uint_double(a.natural, b.real);
	return reverse(compare_numbers(b, a));
}

/* By bytes, which for UTF-8 is by code points. */
static enum value_order
compare_bytes(struct cel_value a, struct cel_value b)
{
	uint32_t shared = a.count < b.count ? a.count : b.count;
	int order = shared ? memcmp(a.text, b.text, shared) : 0;
	return order ? ORDER(order, 0) : ORDER(a.count, b.count);
}

bool
value_compare(struct cel_value a, struct cel_value b, enum value_order *ret_order)
{
	if (is_number(a) && is_number(b)) {
		*ret_order = compare_numbers(a, b);
		return true;
	}
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case CEL_BOOL:
		*ret_order = ORDER(a.boolean, b.boolean);
		return true;
	case CEL_STRING:
	case CEL_BYTES:
		*ret_order = compare_bytes(a, b);
		return true;
	case CEL_DURATION:
		*ret_order = ORDER(a.integer, b.integer);
		return true;
	case CEL_TIMESTAMP:
		*ret_order =
		    a.integer != b.integer ? ORDER(a.integer, b.integer) : ORDER(a.count, b.count);
		return true;
	default:
		return false;
	}
}

static bool equal_within(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth);

static bool
equal_lists(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (a.count != b.count)
		return false;
	for (uint32_t i = 0; i < a.count; i++)
		if (!equal_within(value_item(a, i), value_item(b, i), budget, depth))
			return false;
	return true;
}

/* False when the budget does not suffice. */
static bool
spend(uint64_t *budget, uint64_t cost)
{
	bool enough = *budget > cost;
	*budget = enough ? *budget - cost : 0;
	return enough;
}

static bool
equal_maps(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (a.count != b.count)
		return false;
	for (uint32_t i = 0; i < a.count; i++) {
		struct cel_entry entry = cel_entry_at(a, i);
		struct cel_value other;
		if (!spend(budget, value_search_cost(b)) || !cel_find(b, entry.key, &other) ||
		    !equal_within(entry.value, other, budget, depth))
			return false;
	}
	return true;
}

static bool
equal_optionals(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (!a.inner || !b.inner)
		return !a.inner && !b.inner;
	return equal_within(value_inside(a), value_inside(b), budget, depth);
}

static bool
equal_within(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (depth > DEEPEST_VALUE)
		*budget = 0;
	if (!spend(budget, 1 + (a.count == b.count ? value_text_cost(a) : 0)))
		return false;
	enum value_order order;
	if (value_compare(a, b, &order))
		return order == VALUE_SAME;
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case CEL_NULL:
		return true;
	case CEL_PERIOD:
		return a.count == b.count && a.integer == b.integer;
	case CEL_TYPE:
		return compare_bytes(a, b) == VALUE_SAME;
	case CEL_LIST:
		return equal_lists(a, b, budget, depth + 1);
	case CEL_MAP:
		return equal_maps(a, b, budget, depth + 1);
	case CEL_OPTIONAL:
		return equal_optionals(a, b, budget, depth + 1);
	case CEL_IP:
	case CEL_CIDR:
		return address_equal(a, b);
	default:
		return false;
	}
}

bool
value_equal(struct cel_value a, struct cel_value b, uint64_t *budget)
{
	return equal_within(a, b, budget, 0);
}

bool
cel_equal(struct cel_value a, struct cel_value b)
{
	uint64_t budget = UINT64_MAX;
	return equal_within(a, b, &budget, 0);
}
