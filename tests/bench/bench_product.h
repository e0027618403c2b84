/*
 * bench_product.h -- the products that the benchmarks publish and search for.
 *
 * The n-th one is always the same.  It has about 1.5 KB, three columns and ten edges of lineage;
 * two neighbours share their upstreams, so that edges meet.  Its description ends with eight words
 * out of 4096, the first of them frequent and the last of them rare, as in a language: a catalog in
 * which every text is the same says nothing about search.
 */
#ifndef WEFT_BENCH_PRODUCT_H
#define WEFT_BENCH_PRODUCT_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_WORDS = 4096, BENCH_WORD_SIZE = 7, BENCH_TEXT_SIZE = 4096 };

/* The texts that a search looks at, in the order of the search index's columns. */
struct bench_texts {
	char name[128], description[BENCH_TEXT_SIZE], owner[32], domain[32];
	const char *columns, *tags;
};

void bench_texts_write(struct bench_texts *texts, const char *prefix, uint64_t n,
		       uint64_t revision);

/*
 * bench_product_write -- as YAML, the product bench.PREFIX_N; gives its length.  A revision other
 * than 0 changes its description and nothing else.
 */
size_t bench_product_write(char *out, size_t size, const char *prefix, uint64_t n,
			   uint64_t revision);

/* The i-th word, 0 the most frequent. */
void bench_word(char out[BENCH_WORD_SIZE], uint64_t i);

#endif
