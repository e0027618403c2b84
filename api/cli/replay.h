/*
 * replay.h -- past decisions made once more, each by its own document, policies, facts and moment,
 * and held against what the log says came of it.
 *
 * Policies are pure: whoever has the log can do this, without the server's catalog, and must come
 * to the same verdicts.
 */
#ifndef WEFT_CLI_REPLAY_H
#define WEFT_CLI_REPLAY_H

#include "call.h"

struct replay_question {
	uint64_t after;      /* decisions behind this event */
	const char *product; /* only about this one, or NULL */
};

/* What came out otherwise. */
struct replay_difference {
	uint64_t event;
	const char *product, *policy;
	const char *what; /* "outcome", "enforcement", "violations", "cost", "steps", "standing" */
	const char *recorded, *found;
};

/* Why some could not be judged, and how many. */
struct replay_reason {
	const char *text;
	uint64_t count;
};

struct replay_report {
	uint64_t decisions, agree, disagree, not_judged;
	struct replay_difference *differences;
	size_t difference_count, difference_capacity;
	size_t left_out; /* further differences, which are only counted */
	struct replay_reason *reasons;
	size_t reason_count, reason_capacity;
};

/* replay_decisions -- Fails only when the log cannot be read; what does not agree is in the report.
 */
enum err_code replay_decisions(struct call *c, const struct replay_question *question,
			       struct replay_report *ret_report, struct err *e);

/* replay_end -- how many events the log has now. */
enum err_code replay_end(struct call *c, uint64_t *ret_end, struct err *e);

#endif
