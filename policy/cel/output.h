/*
 * output.h -- a text that a function makes, whose every byte counts against the limit of steps.
 */
#ifndef WEFT_POLICY_OUTPUT_H
#define WEFT_POLICY_OUTPUT_H

#include "cel/eval.h"

enum { BYTES_A_STEP = 8 };

struct output {
	struct cel_run *run;
	struct buf text; /* buf_done() when the function ends */
	bool full;       /* the limit is reached: what is put now is dropped */
};

static inline void
output_put(struct output *out, const char *bytes, size_t length)
{
	out->full |= !cel_charge(out->run, 1 + length / BYTES_A_STEP);
	if (!out->full)
		buf_append(&out->text, bytes, length);
}

static inline void
output_text(struct output *out, const char *text)
{
	output_put(out, text, strlen(text));
}

static inline void
output_done(struct output *out)
{
	buf_done(&out->text);
}

/* output_value -- the text as a string, or the error that it is too much. */
static inline struct cel_value
output_value(struct output *out)
{
	if (out->full)
		return cel_fail(out->run, "exhausted");
	return cel_string(arena_bytes(out->run->arena, out->text.data, out->text.length),
			  out->text.length);
}

#endif
