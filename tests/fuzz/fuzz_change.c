/*
 * fuzz_change.c -- versions and column types, two or three of them, one a line: comparing is an
 * order, and a type is the same as itself.
 */
#include "descriptor/compat.h"

#include "fuzz.h"

enum { TEXTS = 3 };

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
check_versions(const char *const *texts, struct arena *arena)
{
	struct semver v[TEXTS];
	for (size_t i = 0; i < TEXTS; i++)
		if (!semver_parse(texts[i], arena, &v[i]))
			return;
	for (size_t i = 0; i < TEXTS; i++) {
		const struct semver *a = &v[i], *b = &v[(i + 1) % TEXTS], *c = &v[(i + 2) % TEXTS];
		MUST(semver_compare(a, a) == 0);
		MUST(sign(semver_compare(a, b)) == -sign(semver_compare(b, a)));
		if (semver_compare(a, b) <= 0 && semver_compare(b, c) <= 0)
			MUST(semver_compare(a, c) <= 0);
	}
}

/* What is wider one way is not wider the other; three of which two are the same agree. */
static void
check_types(const char *a, const char *b, const char *c)
{
	enum type_change there = column_type_compare(a, b), back = column_type_compare(b, a);
	MUST(column_type_compare(a, a) == TYPE_SAME);
	MUST((there == TYPE_SAME) == (back == TYPE_SAME));
	MUST((there == TYPE_OTHER) == (back == TYPE_OTHER));
	MUST(there != TYPE_WIDENED || back == TYPE_NARROWED);
	if (there == TYPE_SAME)
		MUST(column_type_compare(a, c) == column_type_compare(b, c));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *texts[TEXTS] = {"", "", ""};
	char *text = fuzz_text(bytes, length);
	char *p = text;
	for (size_t i = 0; p && i < TEXTS; i++)
		texts[i] = strsep(&p, "\n");
	check_versions(texts, &arena);
	check_types(texts[0], texts[1], texts[2]);
	check_types(texts[1], texts[2], texts[0]);
	free(text);
	return 0;
}
