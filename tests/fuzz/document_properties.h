/*
 * document_properties.h -- what holds for every text that is given to document_read(), in either
 * format.
 */
#ifndef WEFT_TESTS_DOCUMENT_PROPERTIES_H
#define WEFT_TESTS_DOCUMENT_PROPERTIES_H

#include <string.h>

#include "base/json.h"

#include "fuzz.h"

static inline void
check_complaint(const struct err *e)
{
	MUST(e->code == ERR_MALFORMED || e->code == ERR_TOO_LARGE);
	MUST(e->message[0] != '\0');
	MUST(e->code == ERR_TOO_LARGE || e->at.line > 0);
}

/* Counts the values, and looks at every byte. */
static inline size_t
check_tree(const struct node *n, unsigned depth)
{
	size_t nodes = 1;
	bool holds_others = n->kind == NODE_LIST || n->kind == NODE_MAP;
	MUST(n->at.line > 0 && n->at.column > 0);
	MUST(depth + holds_others <= document_default_limits.depth);
	if (n->kind == NODE_TEXT)
		MUST(strlen(n->text) == n->count);
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i++)
		nodes += check_tree(&n->items[i], depth + 1);
	for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i++) {
		const struct member *m = &n->members[i];
		MUST(m->at.line > 0 && m->at.column > 0);
		MUST(node_get(n, m->key) == &m->value);
		nodes += check_tree(&m->value, depth + 1);
	}
	return nodes;
}

/* What is written, read and written again is the same; so is the tree. */
static inline void
check_round_trip(const struct node *n, struct arena *arena)
{
	CLEANUP(buf_done) struct buf first = {0}, second = {0}, pretty = {0};
	struct json one = {.out = &first}, two = {.out = &second};
	struct node again, also;
	struct err e;
	const struct document_limits wide = {(size_t)64 << 20, document_default_limits.nodes, 64};
	json_node(&one, n);
	MUST(!document_read(DOCUMENT_JSON, first.data, first.length, &wide, arena, &again, &e));
	MUST(node_equal(n, &again));
	json_node(&two, &again);
	MUST(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
	json_pretty(&pretty, n);
	MUST(!document_read(DOCUMENT_JSON, pretty.data, pretty.length, &wide, arena, &also, &e));
	MUST(node_equal(&again, &also));
}

static inline void
check_text(enum document_format format, const uint8_t *bytes, size_t length)
{
	struct arena arena = {0};
	struct node root;
	struct err e = {0};
	if (document_read(format, (const char *)bytes, length, NULL, &arena, &root, &e)) {
		check_complaint(&e);
	} else {
		MUST(check_tree(&root, 0) <= document_default_limits.nodes);
		check_round_trip(&root, &arena);
	}
	arena_done(&arena);
}

#endif
