/*
 * report.h -- what is wrong with a file, shown as a good compiler shows it.
 *
 *     orders.yaml:7:1: denied: personal data needs access controls [pii-requires-access-controls]
 *         7 │ access: []
 *           │ ^
 *           = try: name at least one role under 'access'
 */
#ifndef WEFT_CLI_REPORT_H
#define WEFT_CLI_REPORT_H

#include "base/violation.h"

#include "screen.h"

/* The text that the places lead into; a NULL text shows none. */
struct source {
	const char *name;
	const char *text;
	size_t length;
};

void report_violation(const struct screen *s, const struct source *source,
		      const struct violation *v, struct buf *out);

/* All of them, in the order of the list. */
void report_violations(const struct screen *s, const struct source *source,
		       const struct violations *list, struct buf *out);

/*
 * report_error -- the same shape for an `err` that knows its place: a file that is no YAML at all.
 */
void report_error(const struct screen *s, const struct source *source, const struct err *e,
		  struct buf *out);

/* counted -- "1 file", "3 files": a word that takes an s. */
const char *counted(struct arena *arena, size_t count, const char *word);

#endif
