/*
 * coverage_report.h -- what the tests of a policy show of it: ways that were never taken, and parts
 * of products that it depends on.
 */
#ifndef WEFT_CLI_COVERAGE_REPORT_H
#define WEFT_CLI_COVERAGE_REPORT_H

#include "base/json.h"
#include "policy/mutation.h"
#include "policy/policy_coverage.h"

#include "offline_rules.h"

/* One policy with all its cases. */
struct studied {
	const struct offline_rule *rule;
	size_t tests;
	const struct policy_coverage *coverage;
	const struct mutations *mutations;
	const char **looks; /* what its expressions name (policy/looks.h) */
	size_t look_count;
};

/* coverage_percent -- rounded down, so that 100 means all; 100 when there is nothing to see. */
unsigned coverage_percent(const struct policy_coverage *c);

void coverage_report_write(struct call *c, const struct studied *s);
void coverage_report_json(struct call *c, const struct studied *s, struct json *out);

#endif
