/*
 * rulebook.h -- policy documents as the catalog keeps them: text and version, not their meaning.
 */
#ifndef WEFT_CATALOG_RULEBOOK_H
#define WEFT_CATALOG_RULEBOOK_H

#include "catalog/store.h"

struct rule_record {
	const char *name, *scope, *enforcement;
	const char *source, *media_type; /* as sent */
	size_t source_length;
	const char *hash;
	uint64_t version; /* 1, 2, ...: how often it was defined with new content */
	uint64_t seq;
	moment defined_at;
	const char *defined_by;
};

struct rule_list {
	struct rule_record *items;
	size_t count;
	bool more;
};

enum err_code rule_get(struct session *s, const char *name, struct arena *arena,
		       struct rule_record *ret_rule, struct err *e);
enum err_code rule_list(struct session *s, const char *after, size_t limit, struct arena *arena,
			struct rule_list *ret_list, struct err *e);

/*
 * rulebook_version -- the seq of the newest policy.defined event: who has compiled that one is up
 * to date.
 */
enum err_code rulebook_version(struct session *s, uint64_t *ret_seq, struct err *e);

#endif
