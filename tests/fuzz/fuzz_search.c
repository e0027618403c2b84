/*
 * fuzz_search.c -- what a user types into the search: it is found, or complained of, and never read
 * as the index's own syntax.
 *
 * First line: the words; the second, if there is one: a domain.
 */
#include "base/utf8.h"
#include "catalog/product.h"
#include "catalog/search.h"

#include "fuzz.h"
#include "scratch.h"

static void
check_hits(const struct search_result *result)
{
	MUST(result->count <= 2);
	for (size_t i = 0; i < result->count; i++) {
		const char *snippet = result->hits[i].snippet;
		MUST(result->hits[i].name && snippet);
		MUST(utf8_check(snippet, strlen(snippet)) == strlen(snippet));
	}
}

/* Only a complaint about the words may come out of it, the same for both; the list has what is
 * retired, too. */
static void
check_words(struct session *s, const char *words, const char *domain, struct arena *arena)
{
	struct search_result result = {0};
	struct product_list list = {0};
	struct err e = {0};
	const struct search_question question = {.words = words, .domain = domain, .limit = 10};
	const struct product_filter filter = {
	    .words = words, .domain = domain, .personal = -1, .limit = 10};
	enum err_code code = search(s, &question, arena, &result, &e);
	MUST(code == ERR_OK || (code == ERR_MALFORMED && e.message[0]));
	if (code == ERR_OK)
		check_hits(&result);
	MUST(product_list(s, &filter, arena, &list, &e) == code);
	MUST(code != ERR_OK || list.count >= result.count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(session_end) struct session *s = NULL;
	struct err e;
	if (utf8_check((const char *)bytes, length) != length)
		return 0; /* a request target is UTF-8 when it was parsed */
	char *text = fuzz_text(bytes, length);
	char *domain = text;
	const char *words = strsep(&domain, "\n");
	MUST(!store_read(scratch_store(), &s, &e));
	check_words(s, words, domain, &arena);
	free(text);
	return 0;
}
