/*
 * zone.c -- looking into the packed zones.
 */
#include "cel/zone.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/violation.h"
#include "cel/zone_rule.h"
#include "cel/zone_table.h"

static const char *
name_of(const struct zone *z)
{
	return zone_names + z->name;
}

static int
compare(const char *name, size_t length, const char *other)
{
	int order = strncmp(name, other, length);
	return order ? order : -(other[length] != '\0');
}

const struct zone *
zone_find(const char *name, size_t length)
{
	size_t low = 0, high = zone_count;
	if (memchr(name, '\0', length))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(name, length, name_of(&zones[middle]));
		if (order == 0)
			return &zones[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static uint64_t
read_number(const unsigned char **next)
{
	uint64_t n = 0;
	unsigned shift = 0;
	do {
		n |= (uint64_t)(**next & 0x7F) << shift;
		shift += 7;
	} while (*(*next)++ & 0x80);
	return n;
}

static int64_t
read_signed(const unsigned char **next)
{
	uint64_t n = read_number(next);
	return n & 1 ? -(int64_t)(n >> 1) - 1 : (int64_t)(n >> 1);
}

int64_t
zone_offset(const struct zone *z, int64_t seconds)
{
	const char *text = (const char *)zone_data + z->data;
	const unsigned char *next = (const unsigned char *)text + strlen(text) + 1;
	int64_t offsets[UINT8_MAX] = {0}, change = ZONE_START;
	unsigned char count = *next++, now = 0;
	assert(count > 0);
	for (unsigned char i = 0; i < count; i++)
		offsets[i] = read_signed(&next);
	for (uint64_t left = read_number(&next); left > 0; left--) {
		uint64_t number = read_number(&next), span = number / count;
		change += (int64_t)(span & 1 ? span >> 1 : (span >> 1) * ZONE_QUARTER);
		if (seconds < change)
			return offsets[now];
		now = (unsigned char)(number % count);
	}
	struct zone_rule rule;
	return zone_rule_parse(text, &rule) ? zone_rule_offset(&rule, seconds) : offsets[now];
}

static const char *
last_part(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
}

/* A place that is right in a region that is wrong or missing: "Berlin", "Europe/Sydney". */
static const char *
same_place(const char *name)
{
	const char *found = NULL;
	for (size_t i = 0; i < zone_count; i++) {
		const char *other = name_of(&zones[i]);
		if (strcasecmp(other, name) == 0)
			return other;
		if (!found && strcasecmp(last_part(other), last_part(name)) == 0)
			found = other;
	}
	return found;
}

const char *
zone_nearest(struct arena *arena, const char *name)
{
	const char *place = same_place(name);
	if (place)
		return place;
	const char **names = ARENA_ARRAY(arena, const char *, zone_count);
	for (size_t i = 0; i < zone_count; i++)
		names[i] = name_of(&zones[i]);
	return nearest_word(name, names, zone_count);
}
