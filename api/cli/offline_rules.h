/*
 * offline_rules.h -- policies at hand: those in files, in the program, and those that a server
 * knows.
 */
#ifndef WEFT_CLI_OFFLINE_RULES_H
#define WEFT_CLI_OFFLINE_RULES_H

#include "policy/policy.h"

#include "client.h"

struct offline_rule {
	struct sent_file file; /* the document; an embedded one is named "library/NAME.yaml" */
	struct node root;      /* the same, read */
	struct policy *policy; /* owned */
};

struct offline_rules {
	struct offline_rule *items;
	size_t count, capacity;
	/* files among which a policy that another one tightens may be; or NULL */
	const struct words *beside;
	bool asks_server; /* or there */
	moment since;     /* when the policy that is added was defined; 0: now */
	/* policies that others tighten, and that are not judged themselves; owned */
	struct policy **bases;
	size_t base_count, base_capacity;
};

/*
 * offline_rules_try -- compile and add, with what is wrong in `complaints`; its rule is "syntax"
 * when the file cannot be read.  Fails: ERR_MALFORMED, without a message.
 */
enum err_code offline_rules_try(struct call *c, struct offline_rules *rules,
				const struct sent_file *file, struct violations *complaints,
				struct err *e);

/*
 * All of them compile and add.  What is wrong with a document is shown at once, in its own lines;
 * the error has no message then.  Fails: ERR_MALFORMED, and as sent_file_read().
 */
enum err_code offline_rules_add_library(struct call *c, struct offline_rules *rules,
					const struct embedded_file *library, struct err *e);
enum err_code offline_rules_add_file(struct call *c, struct offline_rules *rules, const char *path,
				     struct err *e);
enum err_code offline_rules_add_document(struct call *c, struct offline_rules *rules,
					 const struct sent_file *file, struct err *e);

/* offline_rules_find_ready_made -- its document.  Fails: ERR_NOT_FOUND, with the nearest name. */
enum err_code offline_rules_find_ready_made(struct call *c, const char *name,
					    struct sent_file *ret_file, struct err *e);

/* offline_rules_add_ready_made -- Fails: ERR_NOT_FOUND. */
enum err_code offline_rules_add_ready_made(struct call *c, struct offline_rules *rules,
					   const char *name, struct err *e);

/*
 * offline_rules_add_named -- the file of that name, the server's policy, or else the ready-made
 * one. Fails: ERR_NOT_FOUND, saying where it was looked for.
 */
enum err_code offline_rules_add_named(struct call *c, struct offline_rules *rules, const char *name,
				      struct err *e);

void offline_rules_done(struct offline_rules *rules);

/* is_file_name -- does the word mean a file: is there one, or is it written like a path? */
bool is_file_name(const char *word);

#endif
