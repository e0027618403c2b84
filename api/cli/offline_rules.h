/*
 * offline_rules.h -- policies at hand without a server: those in the program and those in files.
 */
#ifndef WEFT_CLI_OFFLINE_RULES_H
#define WEFT_CLI_OFFLINE_RULES_H

#include "policy/policy.h"

#include "client.h"

struct offline_rule {
	struct sent_file file; /* the document; an embedded one is named "library/NAME.yaml" */
	struct policy *policy; /* owned */
};

struct offline_rules {
	struct offline_rule *items;
	size_t count, capacity;
};

/*
 * Both compile and add.  What is wrong with a document is shown at once, in its own lines; the
 * error has no message then. Fails: ERR_MALFORMED, and as sent_file_read().
 */
enum err_code offline_rules_add_library(struct call *c, struct offline_rules *rules, struct err *e);
enum err_code offline_rules_add_file(struct call *c, struct offline_rules *rules, const char *path,
				     struct err *e);

void offline_rules_done(struct offline_rules *rules);

#endif
