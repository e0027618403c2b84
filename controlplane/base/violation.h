/*
 * violation.h -- one thing that is wrong with a document, and the list of them.
 *
 * Checks of form and judgements of policy complain in the same shape, so that one answer, one
 * table on the screen and one editor plug-in serve both.  All complaints are collected; none
 * stops the search for the others.
 */
#ifndef WEFT_BASE_VIOLATION_H
#define WEFT_BASE_VIOLATION_H

#include "base/clock.h"
#include "base/document.h"
#include "base/json.h"

struct violation {
	const char *file;   /* or NULL */
	const char *policy; /* or NULL: the document's own form */
	const char *rule;   /* "unknown-key", "type", "required", ... or the policy's validation */
	const char *enforcement; /* "deny", "warn" or "audit" */
	const char *message;     /* one sentence without a full stop */
	const char *pointer;    /* JSON Pointer (RFC 6901) to the value; "" is the whole document */
	struct position at;     /* line 0: not known */
	const char *suggestion; /* what would be right, or NULL */
	moment grace_end;       /* until then it only warns; 0: no such time */
	moment since;           /* it has been so without a gap; 0: that is not known */
};

struct violations {
	struct arena *arena; /* holds the list and its texts */
	struct violation *items;
	size_t count, capacity;
};

/*
 * Texts that are not constants must live in the list's arena.  A NULL enforcement becomes "deny".
 */
void violation_add(struct violations *list, struct violation v);

/* violation_note -- the usual complaint about form: a rule and a formatted message at a place. */
struct violation *violation_note(struct violations *list, const char *rule, const char *pointer,
				 struct position at, const char *format, ...) PRINTF(5, 6);

/* Sort by place, then by policy and rule. */
void violations_sort(struct violations *list);

/* How many are of enforcement "deny". */
size_t violations_denied(const struct violations *list);

/*
 * How many an answer holds at the most, so that a small document of nothing but mistakes does not
 * make a large answer.
 */
enum { VIOLATIONS_MOST_WRITTEN = 500 };

/*
 * As a JSON list of {policy, rule, enforcement, message, pointer, line, column, suggestion,
 * grace_end, since, file}; absent what is NULL.  What is beyond VIOLATIONS_MOST_WRITTEN is only
 * counted, in a last complaint of the rule "more".
 */
void violations_write(const struct violations *list, struct json *j);

/*
 * violations_read -- add what such a list says; NULL, or what is no list, says nothing.  Texts stay
 * in the tree, which outlives `list`.
 */
void violations_read(const struct node *items, struct violations *list);

/*
 * pointer_join -- `base` and one more step, escaped by RFC 6901; pointer_index for an item of a
 * list.
 */
const char *pointer_join(struct arena *arena, const char *base, const char *step);
const char *pointer_index(struct arena *arena, const char *base, size_t index);

/*
 * pointer_place -- where `pointer` points in the tree.  When the whole way is not there, the
 * deepest part that is: a missing `/access` is complained of at the document's own beginning.
 * Gives the node, or NULL when it is missing.
 */
const struct node *pointer_place(const struct node *root, const char *pointer,
				 struct position *ret_at);

/*
 * nearest_word -- the candidate that `word` was most likely meant to be, or NULL (at most a third
 * of it differs).
 */
const char *nearest_word(const char *word, const char *const *candidates, size_t count);

#endif
