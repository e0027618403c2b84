/*
 * match.c -- how long it takes a publish to find out which of very many policies concern it, and to
 * judge it by those, in CPU time.
 *
 *     match POLICIES COLUMNS SECONDS      prints microseconds for each product, and how many of the
 *                                         policies concerned it
 *
 * The policies are the library's, over and over, each copy with a name and a match of its own:
 * domains by name and by beginning, the scope of a domain, classifications, tags, statuses,
 * conditions over the product and over its columns.  As in a mesh of a hundred domains, most are of
 * others.  No copy keeps its tests; one that tightens or needs values is used as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_policy.h"

enum { DOMAINS = 100, BATCH = 8 };

/* What is put in front of a copy: '#' is its number, '@' that of a domain. */
static const char *const matches[] = {
    "match: {domains: [domain-@]}\n",
    "match: {domains: [\"domain-@*\", \"other-*\"], statuses: [active, deprecated]}\n",
    "scope: \"domain:domain-@\"\n",
    "match: {classifications: [restricted]}\n",
    "match: {tags: [tag-#, gdpr]}\n",
    "match: {statuses: [deprecated]}\n",
    "match: {condition: 'product.owner == \"team-#\"'}\n",
    "match: {condition: 'product.schema.exists(c, c.name == \"key_#\")'}\n",
};

static size_t
library_size(void)
{
	size_t n = 0;
	while (policy_library[n].name)
		n++;
	return n;
}

static bool
begins(const char *line, const char *key)
{
	return strncmp(line, key, strlen(key)) == 0;
}

/* Name, scope and match are the copy's own; the tests are about what the original says. */
static bool
is_replaced(const char *line)
{
	return begins(line, "name:") || begins(line, "scope:") || begins(line, "match:");
}

/* The original without what is replaced: keys begin their lines, and `tests` is the last. */
static void
copy_rest(const char *text, struct buf *out)
{
	bool skipping = false;
	while (*text && !begins(text, "tests:")) {
		size_t length = strcspn(text, "\n");
		bool goes_on = *text == ' ' || *text == '\n' || *text == '#';
		skipping = goes_on ? skipping : is_replaced(text);
		if (!skipping) {
			buf_append(out, text, length);
			buf_char(out, '\n');
		}
		text += length + (text[length] == '\n');
	}
}

static void
write_match(struct buf *out, const char *match, unsigned number)
{
	for (; *match; match++)
		if (*match == '#')
			buf_printf(out, "%u", number);
		else if (*match == '@')
			buf_printf(out, "%u", number % DOMAINS);
		else
			buf_char(out, *match);
}

static struct policy *
make_policy(unsigned number, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct embedded_file *original = &policy_library[number % library_size()];
	buf_printf(&text, "name: copy-%u\n", number);
	write_match(&text, matches[number / 3 % ARRAY_LEN(matches)], number);
	copy_rest(original->data, &text);
	struct node document = bench_read(DOCUMENT_YAML, text.data, arena);
	return bench_compile(&document, arena);
}

static size_t
judge(struct policy *const *policies, size_t count, const struct policy_input *input,
      struct arena *arena)
{
	struct violations violations = {.arena = arena};
	size_t concerned = 0;
	for (size_t i = 0; i < count; i++)
		concerned += policy_judge(policies[i], input, arena, &violations).outcome !=
			     POLICY_NOT_CONCERNED;
	return concerned;
}

static void
measure(struct policy *const *policies, size_t count, const struct node *product, double seconds)
{
	struct arena arena = {0};
	const struct node list = {.kind = NODE_LIST}, map = {.kind = NODE_MAP};
	const struct policy_input input = {
	    .product = product, .upstream = &list, .facts = &map, .now = SECONDS(1800000000)};
	size_t concerned = judge(policies, count, &input, &arena);
	unsigned judged = 0;
	double spent = 0, start = bench_cpu_seconds();
	for (; spent < seconds; spent = bench_cpu_seconds() - start, judged += BATCH)
		for (int i = 0; i < BATCH; i++) {
			arena_reset(&arena);
			judge(policies, count, &input, &arena);
		}
	printf("%.1f %zu\n", spent / judged * 1e6, concerned);
	arena_done(&arena);
}

/* The product of the other benchmarks, of the domain 42, which a hundredth of the policies are
 * about. */
static struct node
make_product(size_t columns, struct arena *arena)
{
	struct buf text = {0};
	bench_write_product(columns, &text);
	struct node product = bench_read(DOCUMENT_JSON, text.data, arena);
	struct member *members = ARENA_ARRAY(arena, struct member, product.count);
	memcpy(members, product.members, product.count * sizeof *members);
	for (uint32_t i = 0; i < product.count; i++)
		if (strcmp(members[i].key, "domain") == 0)
			members[i].value = bench_read(DOCUMENT_JSON, "\"domain-42\"", arena);
	product.members = members;
	buf_done(&text);
	return product;
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: match POLICIES COLUMNS SECONDS\n", stderr);
		return 2;
	}
	struct arena arena = {0};
	size_t count = strtoul(argv[1], NULL, 10);
	struct policy **policies = ARENA_ARRAY(&arena, struct policy *, count);
	for (unsigned i = 0; i < count; i++)
		policies[i] = make_policy(i, &arena);
	struct node product = make_product(strtoul(argv[2], NULL, 10), &arena);
	measure(policies, count, &product, strtod(argv[3], NULL));
	for (size_t i = 0; i < count; i++)
		policy_destroy(policies[i]);
	arena_done(&arena);
	return 0;
}
