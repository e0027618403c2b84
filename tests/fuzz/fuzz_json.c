/*
 * fuzz_json.c -- JSON documents, and the quick way back from compact ones.
 */
#include "document_properties.h"

/* What the quick reader takes, and what it does not, means the same to the other one. */
static void
check_quick(const char *text, size_t length)
{
	const struct document_limits wide = {(size_t)64 << 20, document_default_limits.nodes, 64};
	struct arena arena = {0};
	struct node quick, root;
	struct err e, f;
	enum err_code code = document_read_compact(text, length, &wide, &arena, &quick, &e);
	MUST(document_read(DOCUMENT_JSON, text, length, &wide, &arena, &root, &f) == code);
	MUST(code == ERR_OK ? node_equal(&quick, &root) : strcmp(e.message, f.message) == 0);
	arena_done(&arena);
}

static void
check_written(const char *text, size_t length)
{
	CLEANUP(buf_done) struct buf canonical = {0}, plain = {0};
	struct arena arena = {0};
	struct node root;
	struct err e;
	if (!document_read(DOCUMENT_JSON, text, length, NULL, &arena, &root, &e)) {
		json_canonical(&canonical, &root);
		check_quick(canonical.data, canonical.length);
		json_node(&(struct json){.out = &plain}, &root);
		check_quick(plain.data, plain.length);
	}
	arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	check_text(DOCUMENT_JSON, bytes, length);
	check_quick((const char *)bytes, length);
	check_written((const char *)bytes, length);
	return 0;
}
