/*
 * bench_policy.h -- what the benchmarks of the judge share: a clock of CPU time, the library's
 * policies, and the product that is judged.
 */
#ifndef WEFT_BENCH_POLICY_H
#define WEFT_BENCH_POLICY_H

#include "base/arena.h"
#include "base/document.h"
#include "policy/policy.h"

enum { CASE_STUDY_RULES = 3 };

/* The three rules of the case study, by their files in the library. */
extern const char *const case_study_rules[CASE_STUDY_RULES];

_Noreturn void bench_fail(const char *what, const char *detail);

/* The CPU time of this process, in seconds. */
double bench_cpu_seconds(void);

/* bench_read -- a document that must be right. */
struct node bench_read(enum document_format format, const char *text, struct arena *arena);

/* bench_rule -- a policy of the library as YAML, by its file. */
const char *bench_rule(const char *file);

/* bench_compile -- a policy that must be right; its complaints go into `arena`. */
struct policy *bench_compile(const struct node *document, struct arena *arena);

/*
 * bench_write_product -- a product of so many columns as JSON, which keeps all three rules.  Only
 * the last column is personal data, so that a scan sees them all.
 */
void bench_write_product(size_t columns, struct buf *out);

#endif
