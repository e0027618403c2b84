/*
 * adoption.h -- a ready-made policy as a council or a domain takes it over: its text with another
 * enforcement and values of its own.  Comments, and all else, stay as they are written.
 *
 *     enforcement: deny                       enforcement: warn
 *     parameters:                             parameters:
 *       minimum: {type: period, ...}            minimum: {type: period, ...}
 *                                     ->      values:
 *                                               - scope: global
 *                                                 set:
 *                                                   minimum: "10 years"
 *     validations: ...                        validations: ...
 *     tests:                                  tests:
 *       - expect: deny                          - expect: warn
 *
 * A domain's is named after it, and has no tests: those are about products of any domain.
 */
#ifndef WEFT_POLICY_ADOPTION_H
#define WEFT_POLICY_ADOPTION_H

#include "policy.h"

struct adoption {
	const char *enforcement; /* "deny", "warn" or "audit"; NULL: as it is written */
	const char *domain;      /* or NULL: for the whole mesh */
	const char *const
	    *settings; /* "minimum=10 years"; values as their parameters' types want */
	size_t setting_count;
};

/* policy_adopted_name -- "naming-convention", of a domain "retail-naming-convention". */
const char *policy_adopted_name(const char *name, const char *domain, struct arena *arena);

/*
 * policy_adopt -- the text of a document as the library writes them: its keys each at the beginning
 * of a line, `tests` the last.  Fails: ERR_USAGE for a setting that names no parameter or whose
 * value cannot be read; whether it fits is policy_compile()'s to say.
 */
enum err_code policy_adopt(const char *text, size_t length, const struct adoption *a,
			   struct arena *arena, struct buf *out, struct err *e);

/*
 * policy_tighten -- for a domain, a document that makes the global policy `base` stricter there.
 * Fails as above, and with ERR_USAGE without any setting.
 */
enum err_code policy_tighten(const struct node *base, const struct adoption *a, struct arena *arena,
			     struct buf *out, struct err *e);

#endif
