/*
 * fuzz_policy_format.c -- YAML texts, laid out as policy documents are.
 *
 * What must hold: what can be read is laid out, and the result can be read; laid out once more it
 * stays as it is; where nothing is said to change, no byte does.
 */
#include "policy/policy_format.h"

#include "fuzz.h"

static void
check_again(const struct format_result *once, struct arena *arena)
{
	struct format_result twice;
	struct err e;
	MUST(policy_format(once->text, once->length, arena, &twice, &e) == ERR_OK);
	MUST(twice.count == 0);
	MUST(twice.length == once->length && memcmp(twice.text, once->text, once->length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *text = arena_bytes(&arena, data, size);
	struct format_result once;
	struct node root;
	struct err e = {0};
	bool readable = !document_read(DOCUMENT_YAML, text, size, NULL, &arena, &root, &e);
	enum err_code code = policy_format(text, size, &arena, &once, &e);
	MUST(readable == (code == ERR_OK));
	if (code)
		return 0;
	if (once.count == 0)
		MUST(once.length == size && memcmp(once.text, text, size) == 0);
	check_again(&once, &arena);
	return 0;
}
