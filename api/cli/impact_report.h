/*
 * impact_report.h -- what an impact found, gathered line by line, as tables: in all, by domain, by
 * owner, and the products that would fare worst.
 */
#ifndef WEFT_CLI_IMPACT_REPORT_H
#define WEFT_CLI_IMPACT_REPORT_H

#include "base/buf.h"
#include "base/document.h"

#include "call.h"

enum { IMPACT_OUTCOMES = 4 };

struct impact_report {
	struct arena *arena;
	size_t most; /* products of each outcome that are shown */
	struct {
		const struct node **items; /* in the arena */
		size_t count, found, capacity;
	} products[IMPACT_OUTCOMES];
	const struct node *summary; /* NULL until it came */
};

/* impact_report_add -- one line that came: its text, and what it says.  What is to be shown is read
 * again, into the report's arena. */
void impact_report_add(struct impact_report *r, const struct node *line, const struct buf *text);

void impact_report_write(const struct impact_report *r, struct call *c);

#endif
