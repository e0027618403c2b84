/*
 * nearest.c -- which word was meant: the Damerau-Levenshtein distance (optimal string alignment),
 * bounded.
 *
 * A distance counts characters put in, left out, replaced, or swapped with their neighbour.  Case
 * and the choice between '-', '_' and ' ' count for nothing: `Data-Product` is `data_product`.
 */
#include <stdint.h>
#include <string.h>

#include "violation.h"

enum { LONGEST = 64 };

static int
fold(int c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	return c == '_' || c == ' ' ? '-' : c;
}

static bool
is_same(char a, char b)
{
	return fold(a) == fold(b);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Row i of the table holds the distances of a[0..i) from every beginning of b; only the last two
 * rows are looked back at.
 */
static unsigned
distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned rows[3][LONGEST + 1];
	for (unsigned k = 0; k <= b_length; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned *row = rows[i % 3], *before = rows[(i + 2) % 3],
			 *earlier = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t k = 1; k <= b_length; k++) {
			unsigned best = before[k - 1] + !is_same(a[i - 1], b[k - 1]);
			best = least(best, least(before[k], row[k - 1]) + 1);
			bool is_swap = i > 1 && k > 1 && is_same(a[i - 1], b[k - 2]) &&
				       is_same(a[i - 2], b[k - 1]);
			row[k] = is_swap ? least(best, earlier[k - 2] + 1) : best;
		}
	}
	return rows[a_length % 3][b_length];
}

/* Two words whose lengths differ by more than `most` are at least that far apart. */
static bool
may_be_near(size_t a_length, size_t b_length, size_t most)
{
	size_t apart = a_length > b_length ? a_length - b_length : b_length - a_length;
	return b_length <= LONGEST && apart <= most;
}

const char *
nearest_word(const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	unsigned best = UINT32_MAX;
	size_t length = strlen(word);
	if (length > LONGEST)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(candidates[i]), most = (length > other ? length : other) / 3;
		if (!may_be_near(length, other, most))
			continue;
		unsigned d = distance(word, length, candidates[i], other);
		if (d < best && d <= most) {
			best = d;
			nearest = candidates[i];
		}
	}
	return nearest;
}
