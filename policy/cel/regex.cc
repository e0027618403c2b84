/*
 * regex.cc -- RE2 behind a C header.  Nothing here throws: RE2 reports errors, and without memory
 * the process ends.
 */
#include "cel/regex.h"

#include <cstdio>
#include <cstring>
#include <new>
#include <re2/re2.h>

/* Of the program and its caches together; a pattern that needs more is refused. */
static const int64_t most_memory = 1 << 20;

/* RE2 allows no more repetitions than this, nested ones multiplied. */
static const uint64_t most_repetitions = 1000;

static const uint64_t create_cost = 100, create_byte_cost = 8;

/* Bytes a step where the automaton is deterministic, and bytes times instructions where it cannot
 * be kept so. */
static const uint64_t bytes_a_step = 16, instructions_a_step = 512;

struct regex {
	RE2 program;

	regex(const re2::StringPiece &pattern, const RE2::Options &options)
	    : program(pattern, options)
	{
	}
};

/* Within \Q...\E a backslash is a backslash. */
static bool
has_single_byte(const char *pattern, size_t length)
{
	bool quoted = false;
	for (size_t i = 0; i + 1 < length; i++) {
		if (pattern[i] != '\\')
			continue;
		char c = pattern[i + 1];
		if (!quoted && c == 'C')
			return true;
		if (quoted ? c == 'E' : c == 'Q')
			quoted = !quoted;
		i += !quoted || c == 'Q';
	}
	return false;
}

struct regex *
regex_create(const char *pattern, size_t length, char *ret_message, size_t message_size)
{
	if (has_single_byte(pattern, length)) {
		std::snprintf(ret_message, message_size, "\\C is not allowed here");
		return nullptr;
	}
	RE2::Options options(RE2::Quiet);
	options.set_max_mem(most_memory);
	regex *r = new (std::nothrow) regex(re2::StringPiece(pattern, length), options);
	if (r && r->program.ok())
		return r;
	std::snprintf(ret_message, message_size, "%s",
		      r ? r->program.error().c_str() : "no memory");
	delete r;
	return nullptr;
}

void
regex_destroy(struct regex *r)
{
	delete r;
}

/* ---- what it costs ---- */

static uint64_t
read_number(const char *text, const char *end, const char **ret_end)
{
	uint64_t n = 0;
	for (; text < end && *text >= '0' && *text <= '9'; text++)
		n = n < most_repetitions ? n * 10 + static_cast<uint64_t>(*text - '0') : n;
	*ret_end = text;
	return n;
}

/* "{2,30}" is 30; 1 for what is no repetition. */
static uint64_t
repetitions_at(const char *brace, const char *end)
{
	const char *next;
	uint64_t least = read_number(brace + 1, end, &next);
	uint64_t most = next < end && *next == ',' ? read_number(next + 1, end, &next) : 0;
	uint64_t times = most > least ? most : least;
	return times ? times : 1;
}

uint64_t
regex_cost(const char *pattern, size_t length)
{
	uint64_t times = 1;
	const char *end = pattern + length;
	for (const char *c = pattern; c < end && times < most_repetitions; c++)
		if (*c == '{')
			times *= repetitions_at(c, end);
	if (times > most_repetitions)
		times = most_repetitions;
	return create_cost + length * create_byte_cost * times;
}

uint64_t
regex_find_cost(const struct regex *r, size_t length)
{
	uint64_t size = static_cast<uint64_t>(r->program.ProgramSize());
	return 1 + length / bytes_a_step + length * size / instructions_a_step;
}

/* ---- matching ---- */

int
regex_groups(const struct regex *r)
{
	return r->program.NumberOfCapturingGroups();
}

bool
regex_finds(const struct regex *r, const char *text, size_t length)
{
	return RE2::PartialMatch(re2::StringPiece(text, length), r->program);
}

bool
regex_find(const struct regex *r, const char *text, size_t length, size_t from,
	   struct regex_span *ret_groups, int count)
{
	re2::StringPiece groups[REGEX_MOST_GROUPS];
	if (!r->program.Match(re2::StringPiece(text, length), from, length, RE2::UNANCHORED, groups,
			      count))
		return false;
	for (int i = 0; i < count; i++) {
		size_t start =
		    groups[i].data() ? static_cast<size_t>(groups[i].data() - text) : SIZE_MAX;
		ret_groups[i] = {start, groups[i].data() ? start + groups[i].size() : SIZE_MAX};
	}
	return true;
}
