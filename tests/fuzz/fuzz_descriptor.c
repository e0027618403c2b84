/*
 * fuzz_descriptor.c -- whatever YAML says, decoding it ends with complaints that can be shown, or
 * with a descriptor that differs from itself in nothing.
 */
#include <string.h>

#include "base/json.h"
#include "descriptor/compat.h"

#include "fuzz.h"

static void
check_complaints(const struct violations *violations, const struct node *root)
{
	CLEANUP(buf_done) struct buf out = {0};
	for (size_t i = 0; i < violations->count; i++) {
		const struct violation *v = &violations->items[i];
		struct position at;
		MUST(v->rule && v->rule[0] != '\0');
		MUST(v->message && v->message[0] != '\0');
		MUST(v->pointer[0] == '\0' || v->pointer[0] == '/');
		MUST(v->at.line > 0 && v->at.column > 0);
		pointer_place(root, v->pointer, &at);
		MUST(at.line > 0);
	}
	violations_write(violations, &(struct json){.out = &out});
	MUST(out.length >= 2);
}

static void
check_against_itself(const struct descriptor *d, struct violations *violations)
{
	struct changes changes = descriptor_compare(d, d, violations->arena);
	MUST(changes.count == 0 && changes.level == CHANGE_NONE);
	const char *version = version_choose(NULL, &changes, d, violations);
	MUST(strcmp(version_choose(version, &changes, d, violations), version) == 0);
	MUST(violations->count == 0);
	MUST(is_product_name(d->name) && d->owner && d->domain && d->columns.count > 0);
	MUST(descriptor_classification(d) >= d->classification);
}

/* As JSON it is the same document: the same complaints in number, the same hash. */
static void
check_as_json(const struct node *root, size_t complaints, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct violations violations = {.arena = arena};
	const struct document_limits wide = {(size_t)64 << 20, document_default_limits.nodes, 64};
	struct descriptor d;
	struct node again;
	struct err e;
	json_node(&(struct json){.out = &text}, root);
	MUST(!document_read(DOCUMENT_JSON, text.data, text.length, &wide, arena, &again, &e));
	descriptor_decode(&again, &violations, &d);
	MUST(violations.count == complaints);
	struct digest one = descriptor_hash(root, arena), two = descriptor_hash(&again, arena);
	MUST(digest_equal(&one, &two));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena arena = {0};
	struct violations violations = {.arena = &arena};
	struct node root;
	struct descriptor d;
	struct err e;
	if (!document_read(DOCUMENT_YAML, (const char *)bytes, length, NULL, &arena, &root, &e)) {
		bool good = descriptor_decode(&root, &violations, &d);
		MUST(good == (violations.count == 0));
		check_complaints(&violations, &root);
		check_as_json(&root, violations.count, &arena);
		if (good)
			check_against_itself(&d, &violations);
	}
	arena_done(&arena);
	return 0;
}
