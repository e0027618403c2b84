/*
 * utf8.c -- RFC 3629, section 4: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool
is_within(const char *p, unsigned least, unsigned most)
{
	unsigned byte = (unsigned char)*p;
	return byte >= least && byte <= most;
}

static bool
is_tail(const char *p)
{
	return is_within(p, 0x80, 0xBF);
}

/*
 * The second byte carries the limits: E0 A0.. and F0 90.. shut out overlong forms, ED ..9F the
 * surrogates.
 */
static size_t
step_of_three(const char *p, size_t left)
{
	unsigned lead = (unsigned char)*p;
	unsigned least = lead == 0xE0 ? 0xA0 : 0x80;
	unsigned most = lead == 0xED ? 0x9F : 0xBF;
	return left >= 3 && is_within(p + 1, least, most) && is_tail(p + 2) ? 3 : 0;
}

static size_t
step_of_four(const char *p, size_t left)
{
	unsigned lead = (unsigned char)*p;
	unsigned least = lead == 0xF0 ? 0x90 : 0x80;
	unsigned most = lead == 0xF4 ? 0x8F : 0xBF;
	return left >= 4 && is_within(p + 1, least, most) && is_tail(p + 2) && is_tail(p + 3) ? 4
											      : 0;
}

size_t
utf8_step(const char *p, size_t left)
{
	if (left == 0)
		return 0;
	unsigned lead = (unsigned char)*p;
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	if (lead < 0xE0)
		return left >= 2 && is_tail(p + 1) ? 2 : 0;
	return lead < 0xF0 ? step_of_three(p, left) : step_of_four(p, left);
}

/* Most texts are nothing else. */
static size_t
words_of_ascii(const char *p, size_t left)
{
	size_t i = 0;
	for (uint64_t word; i + sizeof word <= left; i += sizeof word) {
		memcpy(&word, p + i, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	return i;
}

size_t
utf8_check(const char *text, size_t length)
{
	size_t i = words_of_ascii(text, length);
	for (size_t step; i < length && (step = utf8_step(text + i, length - i)); i += step)
		if (step > 1)
			i += words_of_ascii(text + i + step, length - i - step);
	return i;
}

int
utf8_cut(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return (int)length;
	while (most > 0 && is_tail(text + most))
		most--;
	return (int)most;
}
