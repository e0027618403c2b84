/*
 * core_schema.h -- what a plain text of YAML means by the core schema of YAML 1.2 (section 10.3.2).
 */
#ifndef WEFT_BASE_CORE_SCHEMA_H
#define WEFT_BASE_CORE_SCHEMA_H

#include "document.h"

/*
 * core_resolve -- set `n`'s kind, and its value unless it is a text.  Gives NULL, or why the number
 * that the text is cannot be held: "does not fit 64 bits".
 */
const char *core_resolve(const char *text, struct node *n);

#endif
