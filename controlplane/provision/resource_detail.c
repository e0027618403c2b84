/*
 * resource_detail.c -- see resource_detail.h.
 */
#include "resource_detail.h"

#include <string.h>

#define OURS "weft"

struct resource_detail
resource_detail_read(const struct resource *r, struct arena *arena)
{
	struct err ignored;
	struct node *root = ARENA_NEW(arena, struct node);
	if (!r->detail || document_read(DOCUMENT_JSON, r->detail, strlen(r->detail), NULL, arena,
					root, &ignored) != ERR_OK)
		return (struct resource_detail){.answer = NULL};
	const struct node *ours = node_get(root, OURS);
	return (struct resource_detail){
	    .answer = root,
	    .applied = node_text(ours, "applied", NULL),
	    .access = node_get(ours, "access"),
	    .retention_seconds = node_int(ours, "retention_seconds", 0),
	    .tried = node_text(ours, "tried", NULL),
	    .final = node_bool(ours, "final", false),
	    .note = node_text(ours, "note", NULL),
	};
}

/* The plugin's answer, but for a member of our own name. */
static void
write_answer(struct json *j, const struct node *answer)
{
	bool is_map = answer && answer->kind == NODE_MAP;
	for (uint32_t i = 0; is_map && i < answer->count; i++) {
		const struct member *m = &answer->members[i];
		if (strcmp(m->key, OURS) == 0)
			continue;
		json_key(j, m->key);
		json_node(j, &m->value);
	}
}

static void
write_ours(struct json *j, const struct resource_detail *d)
{
	json_key(j, OURS);
	json_begin_map(j);
	if (d->applied)
		json_member_text(j, "applied", d->applied);
	if (d->access && d->access->count > 0) {
		json_key(j, "access");
		json_node(j, d->access);
	}
	if (d->retention_seconds > 0)
		json_member_int(j, "retention_seconds", d->retention_seconds);
	if (d->tried) {
		json_member_text(j, "tried", d->tried);
		json_member_bool(j, "final", d->final);
	}
	if (d->note)
		json_member_text(j, "note", d->note);
	json_end_map(j);
}

const char *
resource_detail_text(const struct resource_detail *d, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	json_begin_map(&j);
	write_answer(&j, d->answer);
	write_ours(&j, d);
	json_end_map(&j);
	return arena_bytes(arena, text.data, text.length);
}
