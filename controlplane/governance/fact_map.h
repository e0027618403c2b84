/*
 * fact_map.h -- facts are document trees: maps made member by member, in an arena.
 *
 *     struct fact_map m = fact_map_new(arena, 3);
 *     fact_text(&m, "name", domain->name);
 *     ...
 *     *ret_node = fact_map_node(&m);
 */
#ifndef WEFT_GOVERNANCE_FACT_MAP_H
#define WEFT_GOVERNANCE_FACT_MAP_H

#include "base/clock.h"
#include "base/document.h"

struct fact_map {
	struct arena *arena;
	struct member *members;
	uint32_t count, most;
};

/* `most` members at most, known beforehand. */
struct fact_map fact_map_new(struct arena *arena, uint32_t most);
struct node fact_map_node(const struct fact_map *m);

/* Keys and texts are borrowed. */
void fact_node(struct fact_map *m, const char *key, struct node value);
void fact_text(struct fact_map *m, const char *key, const char *text); /* NULL is null */
void fact_bool(struct fact_map *m, const char *key, bool b);
void fact_real(struct fact_map *m, const char *key, double n);
void fact_moment(struct fact_map *m, const char *key, moment t);

/* Values by themselves. */
struct node fact_of_text(const char *text);
struct node fact_of_moment(moment t, struct arena *arena);

/* fact_list -- of items in the arena. */
struct node fact_list(const struct node *items, size_t count);

/* fact_listed -- a list as it is, a single value as a list of one, NULL and null as an empty one.
 */
struct node fact_listed(const struct node *value);

#endif
