/*
 * value_checks.h -- what single values of a descriptor must be, beyond their type (field_check_fn
 * of base/field.h).
 *
 * Each looks at the kind of node that it knows, and lets any other pass: a wrong type was
 * complained of already.
 */
#ifndef WEFT_DESCRIPTOR_VALUE_CHECKS_H
#define WEFT_DESCRIPTOR_VALUE_CHECKS_H

#include "base/field.h"

/* retail.customer_accounts; context->user is the document's root or NULL */
field_check_fn value_check_product_name;

field_check_fn value_check_column_name; /* no "#", "|" or control characters */
field_check_fn value_check_line;        /* one line of text that says something */
field_check_fn value_check_plugin;      /* a plain file name: it becomes one */
field_check_fn value_check_dataset;     /* NAMESPACE|NAME */
field_check_fn value_check_source;      /* PRODUCT#COLUMN or NAMESPACE|NAME#COLUMN */
field_check_fn value_check_version;
field_check_fn value_check_percent; /* 99.9% */
field_check_fn value_check_date;    /* 2026-12-31 */
field_check_fn value_check_size;    /* 10 GB */
field_check_fn value_check_email;
field_check_fn value_check_count;    /* a number that is not negative */
field_check_fn value_check_settings; /* a map, or null */
field_check_fn value_check_accepted; /* a list of texts, numbers and booleans, not empty */

/* What stands before the last "#" is a product or a dataset, and behind it a column. */
bool value_is_source(struct arena *arena, const char *text);

/* value_complain -- violation_note() about the value in hand; the result takes a suggestion. */
struct violation *value_complain(const struct field_context *context, const struct node *value,
				 const char *rule, const char *format, ...) PRINTF(4, 5);

#endif
