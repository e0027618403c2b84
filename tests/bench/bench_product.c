/*
 * bench_product.c -- see the header.
 */
#include "bench_product.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_client.h"

enum { WORDS_OF_PRODUCT = 8, OWNERS = 40, DOMAINS = 20 };

/* --- words --- */

void
bench_word(char out[BENCH_WORD_SIZE], uint64_t i)
{
	static const char syllables[16][3] = {"ba", "ce", "di", "fo", "gu", "ha", "ke", "li",
					      "mo", "nu", "pa", "re", "si", "to", "vu", "ze"};
	snprintf(out, BENCH_WORD_SIZE, "%s%s%s", syllables[i >> 8 & 15], syllables[i >> 4 & 15],
		 syllables[i & 15]);
}

/* splitmix64: the n-th of a row of numbers that look random. */
static uint64_t
scramble(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
	return n ^ (n >> 31);
}

/* A cube of what is evenly spread: word 0 is in four of ten products, word 4095 in one of 1500. */
static size_t
write_words(char *out, uint64_t n)
{
	size_t length = 0;
	for (uint64_t i = 0; i < WORDS_OF_PRODUCT; i++) {
		double even = (double)(scramble(n * WORDS_OF_PRODUCT + i) >> 11) /
			      (double)(UINT64_C(1) << 53);
		out[length++] = ' ';
		bench_word(out + length, (uint64_t)(even * even * even * BENCH_WORDS));
		length += BENCH_WORD_SIZE - 1;
	}
	out[length] = '\0';
	return length;
}

/* --- texts --- */

static const char what_it_says[] =
    "What the load generator publishes: it is as long as what an engineer of a domain writes, with "
    "a few words on what the rows mean, where they come from, how often they are refreshed, and "
    "whom to ask when they are not what one expected. It goes on for a while, because a catalog is "
    "for reading. Revision %" PRIu64 ":";

static const char columns_text[] = "id Whom the row is about. amount How much it was, in the "
				   "currency of the account. booked_at When it was booked.";

void
bench_texts_write(struct bench_texts *texts, const char *prefix, uint64_t n, uint64_t revision)
{
	snprintf(texts->name, sizeof texts->name, "bench.%s_%" PRIu64, prefix, n);
	snprintf(texts->owner, sizeof texts->owner, "bench-team-%" PRIu64, n % OWNERS);
	snprintf(texts->domain, sizeof texts->domain, "bench-%" PRIu64, n % DOMAINS);
	int length =
	    snprintf(texts->description, sizeof texts->description, what_it_says, revision);
	write_words(texts->description + length, n);
	texts->columns = columns_text;
	texts->tags = "bench\ngenerated\n";
}

/* --- the document --- */

static const char head[] = "name: %s\n"
			   "owner: %s\n"
			   "domain: %s\n"
			   "description: >-\n"
			   "  %s\n"
			   "tags: [bench, generated]\n"
			   "classification: internal\n"
			   "retention: 2 years\n";

/* Each N is the number of the pair's upstreams. */
#define LEFT  "bench.left_%1$" PRIu64
#define RIGHT "bench.right_%1$" PRIu64
static const char rest[] = "inputs: [" LEFT ", " RIGHT "]\n"
			   "schema:\n"
			   "  - name: id\n"
			   "    type: STRING\n"
			   "    key: true\n"
			   "    pii: true\n"
			   "    description: Whom the row is about.\n"
			   "    from: [" LEFT "#id, " RIGHT "#id]\n"
			   "  - name: amount\n"
			   "    type: DECIMAL(18,2)\n"
			   "    classification: confidential\n"
			   "    description: How much it was, in the currency of the account.\n"
			   "    from: [" LEFT "#amount, " RIGHT "#amount, " LEFT "#fee]\n"
			   "  - name: booked_at\n"
			   "    type: TIMESTAMP\n"
			   "    description: When it was booked.\n"
			   "    from: [" LEFT "#at, " RIGHT "#at, " RIGHT "#zone]\n"
			   "sla: {freshness: 1 hour, availability: 99.9%%}\n"
			   "access:\n"
			   "  - {role: analysts, level: read}\n"
			   "quality_checks:\n"
			   "  - unique: id\n"
			   "  - not_null: [id, amount]\n";

size_t
bench_product_write(char *out, size_t size, const char *prefix, uint64_t n, uint64_t revision)
{
	struct bench_texts t;
	bench_texts_write(&t, prefix, n, revision);
	int first = snprintf(out, size, head, t.name, t.owner, t.domain, t.description);
	if (first < 0 || (size_t)first >= size)
		bench_fail("the product", "too long");
	int second = snprintf(out + first, size - (size_t)first, rest, n / 2);
	if (second < 0 || (size_t)(first + second) >= size)
		bench_fail("the product", "too long");
	return (size_t)(first + second);
}
