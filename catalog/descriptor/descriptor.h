/*
 * descriptor.h -- the data product as its owner describes it: decoded, checked, compared.
 *
 * One table (descriptor_fields) says what a descriptor may hold.  Decoding, the JSON Schema, the
 * reference page and the types that policies are checked against all come from it.  Pure: no
 * database, no clock.
 */
#ifndef WEFT_DESCRIPTOR_DESCRIPTOR_H
#define WEFT_DESCRIPTOR_DESCRIPTOR_H

#include "base/digest.h"
#include "base/document.h"
#include "base/duration.h"
#include "base/field.h"
#include "base/violation.h"

/* Indexes into the words of the fields of the same name; -1 is absent. */
enum status { STATUS_DRAFT, STATUS_ACTIVE, STATUS_DEPRECATED, STATUS_RETIRED };
enum classification { CLASS_PUBLIC, CLASS_INTERNAL, CLASS_CONFIDENTIAL, CLASS_RESTRICTED };
enum access_level { ACCESS_READ, ACCESS_WRITE, ACCESS_ADMIN };
enum check_kind {
	CHECK_UNIQUE,
	CHECK_NOT_NULL,
	CHECK_FRESHNESS,
	CHECK_ACCEPTED_VALUES,
	CHECK_RANGE,
	CHECK_ROW_COUNT
};

const char *status_name(int status);                 /* "active" when absent */
const char *classification_name(int classification); /* NULL when absent */
const char *check_kind_name(enum check_kind kind);

/*
 * Where a column's values come from: `retail.accounts#balance` (a product's column) or
 * `NAMESPACE|NAME#COLUMN` (an external dataset's).  The short form is that text alone.
 */
struct column_source {
	struct position at;
	const char *column;    /* as written */
	const char *transform; /* what is done with it, free text, or NULL */
	bool masking;          /* the values can no longer be recognised */
};

struct column {
	struct position at;
	const char *name, *type, *description;
	bool pii;
	bool nullable_given, nullable; /* absent: nullable */
	bool key;                      /* part of what identifies a row */
	int classification;
	struct texts tags;
	const char *term; /* the business term that it means, or NULL */
	struct list from; /* struct column_source */
};

/*
 * What a product is made from: a product's name, or an external dataset `dataset:NAMESPACE|NAME`.
 */
struct input {
	struct position at;
	const char *product; /* or NULL */
	const char *dataset; /* "NAMESPACE|NAME", or NULL */
	const char *owner;   /* of a dataset: who answers for it, or NULL */
	const char *description;
};

struct access_entry {
	struct position at;
	const char *role;
	int level;
	struct texts columns; /* empty: all */
	const char *purpose;
	const char *until, *reviewed; /* dates, or NULL */
};

struct quality_check {
	struct position at;
	int kind; /* enum check_kind */
	/* unique (together), not_null (each), freshness, accepted_values, range: at most one */
	struct texts columns;
	struct duration within;      /* freshness */
	struct texts values;         /* accepted_values; numbers and booleans as their text */
	const struct node *accepted; /* the same as they were written, a list */
	bool has_least, has_most;
	double least, most; /* range, row_count */
};

/* A wish for storage or compute, to be granted by the plugin of that name. */
struct resource_wish {
	struct position at;
	const char *plugin;
	const char *name;            /* tells several of one plugin apart; NULL is "default" */
	const char *quota;           /* "10 GB", or NULL */
	const struct node *settings; /* the plugin's own; a map, or NULL */
};

struct tier {
	struct position at;
	const char *grain;
	struct duration retention;
};

struct descriptor {
	struct position at;
	const char *name, *owner, *domain, *version, *description;
	int status, classification;
	struct texts tags;
	struct duration retention; /* both parts 0 when absent */
	const char *retention_text;
	const char *quality_tier; /* or NULL */
	struct list contacts;     /* struct contact */
	struct list columns;      /* struct column, the key `schema` */
	struct list inputs;       /* struct input */
	struct {
		struct position at;
		struct duration freshness;
		const char *availability;
	} sla;
	struct list access;         /* struct access_entry */
	struct list quality_checks; /* struct quality_check */
	struct list ports;          /* struct port */
	struct {
		struct position at;
		struct tier hot, warm, cold;
	} tiers;
	struct list storage, compute; /* struct resource_wish */
	struct list metrics;          /* struct metric_definition */
	struct list terms;            /* struct term */
	struct {
		struct position at;
		const char *successor, *date, *reason;
	} deprecation;
	struct {
		struct position at;
		const char *version, *date, *text;
		struct texts to;
	} notice;
	const struct node *document; /* the tree that it was decoded from */
};

struct contact {
	struct position at;
	const char *name, *role, *email;
};

struct port {
	struct position at;
	const char *name, *kind, *format, *location, *description;
};

struct metric_definition {
	struct position at;
	const char *name, *expression, *unit, *description;
};

struct term {
	struct position at;
	const char *name, *definition;
};

extern const struct field_set descriptor_fields;

/* Of a product; of a product or a column, with all its x- keys; bytes of a name. */
enum { DESCRIPTOR_MOST_COLUMNS = 5000, DESCRIPTOR_MOST_KEYS = 1000, DESCRIPTOR_MOST_NAME = 200 };

/*
 * descriptor_decode -- fill `*ret_descriptor` from the document's root, with every complaint in
 * `violations`: form first, then what the parts say of each other (a check names a column that is
 * not there, two columns of one name, a column derived from a product that is no input, a name
 * outside [a-z0-9_]+(\.[a-z0-9_]+)+ ...).  Texts are shared with the tree. True when nothing was
 * complained of.
 */
bool descriptor_decode(const struct node *document, struct violations *violations,
		       struct descriptor *ret_descriptor);

/* Is any column personal data, by whatever way it says so: pii, or a tag "pii" or "personal"? */
bool column_is_personal(const struct column *c);
bool descriptor_is_personal(const struct descriptor *d);

/* The stricter of the product's own classification and its columns'; -1 when none says any. */
int descriptor_classification(const struct descriptor *d);

/*
 * descriptor_hash -- of the content without `version`: equal content is the same document,
 * however it is formatted.
 */
struct digest descriptor_hash(const struct node *document, struct arena *arena);

/*
 * descriptor_canonical -- the document as canonical JSON, in `arena`, and its hash: what both need
 * is worked out once.
 */
const char *descriptor_canonical(const struct node *document, struct arena *arena,
				 size_t *ret_length, struct digest *ret_hash);

/*
 * input_node and column_source_node -- the names that lineage knows them by (design,
 * section 3).
 */
const char *input_node(const struct input *in, struct arena *arena); /* product:N or dataset:NS|N */
const char *column_source_node(const struct column_source *s, struct arena *arena); /* column:N#C */

/*
 * is_product_name -- two parts or more of [a-z0-9_]+ with points between, at most
 * DESCRIPTOR_MOST_NAME bytes.
 */
bool is_product_name(const char *name);

#endif
