/*
 * rulebook.h -- policy documents as the catalog keeps them: text and version, not their meaning.
 *
 * A policy is in force from the event that defined it until it is retired; each new content is a
 * new version, and every version stays.  One that was retired and is defined again goes on with the
 * next number.
 */
#ifndef WEFT_CATALOG_RULEBOOK_H
#define WEFT_CATALOG_RULEBOOK_H

#include "catalog/store.h"

struct rule_record {
	const char *name, *scope, *enforcement;
	const char *source, *media_type; /* as sent */
	size_t source_length;
	const char *hash;
	uint64_t version; /* 1, 2, ... */
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

/* One version, in force or not. */
struct rule_version {
	const char *name;
	uint64_t version;
	uint64_t seq; /* of the event that defined it first */
	const char *hash, *scope, *enforcement;
	moment defined_at;
	const char *defined_by;
	uint64_t until_seq;     /* the event that ended it; 0 while it is in force */
	moment retired_at;      /* 0: it is in force, or was replaced */
	const char *retired_by; /* or NULL */
};

/* rule_versions -- newest first, at most `limit`, those before `before` (0: from the newest);
 * empty when there never was such a policy. */
struct rule_versions {
	struct rule_version *items;
	size_t count;
	bool more;
};
enum err_code rule_versions(struct session *s, const char *name, uint64_t before, size_t limit,
			    struct arena *arena, struct rule_versions *ret_versions, struct err *e);

/* Each fails with ERR_NOT_FOUND.  rule_as_of -- the version in force after the event `seq`. */
enum err_code rule_version_get(struct session *s, const char *name, uint64_t version,
			       struct arena *arena, struct rule_version *ret_version,
			       struct err *e);
enum err_code rule_version_by_hash(struct session *s, const char *hash, struct arena *arena,
				   struct rule_version *ret_version, struct err *e);
enum err_code rule_as_of(struct session *s, const char *name, uint64_t seq, struct arena *arena,
			 struct rule_version *ret_version, struct err *e);

/* rule_source -- the version with its document as it was sent.  Fails: ERR_NOT_FOUND (redacted). */
enum err_code rule_source(struct session *s, const struct rule_version *v, struct arena *arena,
			  struct rule_record *ret_rule, struct err *e);

/*
 * rulebook_version -- the seq of the newest event that defined, replaced or retired a policy: who
 * has compiled that one is up to date.  rulebook_is_touched -- may there be a newer one than
 * `since` (session_is_touched)?
 */
enum err_code rulebook_version(struct session *s, uint64_t *ret_seq, struct err *e);
bool rulebook_is_touched(const struct session *s, uint64_t since);

#endif
