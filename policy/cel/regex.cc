/*
 * regex.cc -- RE2 behind a C header.  Nothing here throws: RE2 reports errors, and without memory
 * the process ends.
 */
#include "cel/regex.h"

#include <cstdio>
#include <new>
#include <re2/re2.h>

/* Of the program and its caches together; a pattern that needs more is refused. */
static const int64_t most_memory = 1 << 20;

struct regex {
	RE2 program;

	regex(const re2::StringPiece &pattern, const RE2::Options &options)
	    : program(pattern, options)
	{
	}
};

struct regex *
regex_create(const char *pattern, size_t length, char *ret_message, size_t message_size)
{
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

bool
regex_finds(const struct regex *r, const char *text, size_t length)
{
	return RE2::PartialMatch(re2::StringPiece(text, length), r->program);
}
