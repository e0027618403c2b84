/*
 * fact_fields.h -- the tables of what a policy may know beyond the document: `facts` and the items
 * of `upstream`.
 *
 * Who compiles an expression declares them, so that a misspelt fact is refused where it is written;
 * who gathers facts gives them these names; the reference page lists them.  Nothing is decoded by
 * them: there is no struct behind.
 *
 * A fact that is not known is absent (facts) or null (their members): an expression that needs it
 * fails, and so refuses, unless it asks first (`facts.?quality.?score.orValue(0.0)`).
 */
#ifndef WEFT_POLICY_FACT_FIELDS_H
#define WEFT_POLICY_FACT_FIELDS_H

#include "base/field.h"

extern const struct field_set fact_fields;     /* `facts` */
extern const struct field_set upstream_fields; /* one item of `upstream` */

/* fact_reference -- both as a page, in Markdown. */
void fact_reference(struct buf *out);

#endif
