/*
 * fact_map.c -- filling maps whose size is known.
 */
#include "fact_map.h"

#include <assert.h>
#include <string.h>

struct fact_map
fact_map_new(struct arena *arena, uint32_t most)
{
	return (struct fact_map){
	    .arena = arena, .members = ARENA_ARRAY(arena, struct member, most), .most = most};
}

struct node
fact_map_node(const struct fact_map *m)
{
	return (struct node){.kind = NODE_MAP, .count = m->count, .members = m->members};
}

void
fact_node(struct fact_map *m, const char *key, struct node value)
{
	assert(m->count < m->most);
	m->members[m->count++] = (struct member){.key = key, .value = value};
}

struct node
fact_of_text(const char *text)
{
	return (struct node){
	    .kind = text ? NODE_TEXT : NODE_NULL,
	    .count = text ? (uint32_t)strlen(text) : 0,
	    .text = text,
	};
}

struct node
fact_of_moment(moment t, struct arena *arena)
{
	char text[CLOCK_TEXT_SIZE];
	clock_format(t, text);
	return fact_of_text(arena_text(arena, text));
}

void
fact_text(struct fact_map *m, const char *key, const char *text)
{
	fact_node(m, key, fact_of_text(text));
}

void
fact_bool(struct fact_map *m, const char *key, bool b)
{
	fact_node(m, key, (struct node){.kind = NODE_BOOL, .boolean = b});
}

void
fact_real(struct fact_map *m, const char *key, double n)
{
	fact_node(m, key, (struct node){.kind = NODE_REAL, .real = n});
}

void
fact_moment(struct fact_map *m, const char *key, moment t)
{
	fact_node(m, key, fact_of_moment(t, m->arena));
}

struct node
fact_list(const struct node *items, size_t count)
{
	return (struct node){.kind = NODE_LIST, .count = (uint32_t)count, .items = items};
}

struct node
fact_listed(const struct node *value)
{
	if (value && value->kind == NODE_LIST)
		return *value;
	return fact_list(value, value && value->kind != NODE_NULL ? 1 : 0);
}
