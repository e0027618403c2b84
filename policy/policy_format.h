/*
 * policy_format.h -- the expressions of a policy document in their canonical layout (cel/layout.h),
 * and all else of the file byte for byte as it is.
 */
#ifndef WEFT_POLICY_POLICY_FORMAT_H
#define WEFT_POLICY_POLICY_FORMAT_H

#include "base/buf.h"
#include "base/document.h"
#include "base/violation.h"

enum { FORMAT_COLUMNS = 100 /* of a line of the file */ };

/* One expression that changes, as lines of the file. */
struct format_change {
	struct position at;
	const char *before, *after;
};

struct format_result {
	struct arena *arena; /* holds all of it */
	const char *text;    /* the new file; the old one when nothing changes */
	size_t length;
	struct format_change *changes; /* in the order of the file */
	size_t count;
	/* expressions that are left alone, and why: rule "format" */
	struct violations notes;
};

/*
 * policy_format -- of a policy document in YAML.  The new file decodes to the same document but
 * for the layout of expressions, each of which parses to the same tree; where that is not certain
 * an expression is left alone, with a note.  Fails: ERR_MALFORMED, when it is no YAML.
 */
enum err_code policy_format(const char *text, size_t length, struct arena *arena,
			    struct format_result *ret_result, struct err *e);

#endif
