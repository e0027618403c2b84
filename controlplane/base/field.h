/*
 * field.h -- a table that says what a map may hold; decoding, JSON Schema and the reference page
 * are derived from it.
 *
 *     static const struct field sla_fields[] = {
 *             {"freshness", FIELD_DURATION, offsetof(struct sla, freshness),
 *              .help = "How old the newest data may be.", .example = "1 hour"},
 *             {"availability", FIELD_TEXT, offsetof(struct sla, availability),
 *              .check = check_percent, .help = "...", .example = "99.9%"},
 *             {0},
 *     };
 *     const struct field_set sla_set = {"sla", sizeof(struct sla), sla_fields, .help = "..."};
 *
 * A type says what C member the offset leads to:
 *
 *     FIELD_TEXT      const char *
 *     FIELD_BOOL      bool
 *     FIELD_INT       int64_t
 *     FIELD_REAL      double
 *     FIELD_DURATION  struct duration
 *     FIELD_WORD      int, an index into `words`
 *     FIELD_TEXTS     struct texts; one text is a list of one
 *     FIELD_MAP       a struct of `of`, in place; its `at` is set when it is present
 *     FIELD_LIST      struct list; its items are structs of `of`
 *     FIELD_NODE      const struct node *, as it is (anything goes)
 *
 * A struct that a field_set describes may begin with `struct position at` (has_place), which is
 * filled with where the map stood.  Members that are absent keep zero: NULL text, empty list, 0.
 * A FIELD_WORD that is absent is -1.
 */
#ifndef WEFT_BASE_FIELD_H
#define WEFT_BASE_FIELD_H

#include "base/document.h"
#include "base/violation.h"

enum field_type {
	FIELD_END, /* ends a table */
	FIELD_TEXT,
	FIELD_BOOL,
	FIELD_INT,
	FIELD_REAL,
	FIELD_DURATION,
	FIELD_WORD,
	FIELD_TEXTS,
	FIELD_MAP,
	FIELD_LIST,
	FIELD_NODE,
};

enum field_flag {
	FIELD_REQUIRED = 1,  /* absent or null is a complaint */
	FIELD_NOT_EMPTY = 2, /* an empty text, list or map is a complaint */
	FIELD_OR_ONE = 4,    /* FIELD_LIST: a single map or text stands for a list of one */
};

struct texts {
	const char *const *items;
	const struct position *places;
	size_t count;
};

struct list {
	void *items; /* structs of the field_set, one after another */
	size_t count;
};

struct field_set;

/* What a decoding knows while it goes down; given to checks. */
struct field_context {
	struct arena *arena;
	struct violations *violations;
	const char *pointer; /* of the value in hand */
	void *user;          /* the caller's, handed to checks */
};

/*
 * A check of one value beyond its type: complains through violation_note().  FIELD_TEXTS: called
 * for each text.
 */
typedef void field_check_fn(const struct field_context *context, const struct node *value);

/*
 * A form of an item that is no map (FIELD_LIST or FIELD_MAP of `of`): fills the zeroed struct;
 * complains, and gives false, if it is wrong.
 */
typedef bool field_short_fn(const struct field_context *context, const struct node *value,
			    void *ret_struct);

/* In the order in which a row reads best, not the one that packs best. */
struct field { /* NOLINT(clang-analyzer-optin.performance.Padding) */
	const char *name;
	enum field_type type;
	size_t offset;
	unsigned flags; /* enum field_flag */
	const struct field_set *of;
	const char *const *words; /* FIELD_WORD: NULL-terminated */
	field_check_fn *check;
	/* regular expression of a text, for the JSON Schema only; `check` does the work */
	const char *pattern;
	const char *help;
	const char *example; /* as it stands in YAML */
};

struct field_set {
	/* of the definition in the JSON Schema and the heading in the reference: "column" */
	const char *name;
	size_t size; /* of the struct */
	const struct field *fields;
	bool has_place;        /* the struct begins with `struct position at` */
	bool open;             /* unknown keys are allowed */
	bool extensions;       /* keys that begin with "x-" are allowed */
	field_short_fn *brief; /* the short form of an item, or NULL */
	const char *brief_help;
	field_check_fn *check; /* of the whole map, after its fields */
	const char *help;
};

/*
 * field_decode -- fill `*ret_struct` (zeroed by this call) from `node`, complaining into
 * context->violations about everything that is wrong: not a map, unknown keys (with the nearest
 * known one), missing ones, wrong types. Always fills what it can.  True when nothing was
 * complained of.
 */
bool field_decode(const struct field_set *set, const struct node *node,
		  const struct field_context *context, void *ret_struct);

/* field_schema -- the JSON Schema (draft 2020-12) of a document that `set` describes. */
void field_schema(const struct field_set *set, const char *id, const char *title, struct buf *out);

/* field_reference -- the reference page, in Markdown. */
void field_reference(const struct field_set *set, const char *title, struct buf *out);

#endif
