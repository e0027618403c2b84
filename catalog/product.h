/*
 * product.h -- data products as the catalog keeps them: each version that was ever published, and
 * which is in force.
 */
#ifndef WEFT_CATALOG_PRODUCT_H
#define WEFT_CATALOG_PRODUCT_H

#include "base/json.h"
#include "catalog/store.h"
#include "descriptor/descriptor.h"
#include "proof/event.h"

/* What is known of the version in force. */
struct product {
	int64_t id; /* the event that published the product first */
	const char *name, *version, *domain, *owner, *description; /* description: "" when absent */
	const char *status;         /* of the descriptor; "retired" once it was retired */
	const char *standing;       /* "compliant", "warned" or "violating" */
	const char *classification; /* the strictest, or NULL */
	bool personal;
	const char *document; /* the descriptor as canonical JSON */
	size_t document_length;
	moment published_at;
	const char *published_by;
	uint64_t seq;        /* of the event that put this version in force */
	uint64_t judged_seq; /* of the last product.judged about it; 0: none */
	const char *hash;    /* hexadecimal */
};

/* One published version. */
struct product_version {
	const char *version, *change, *hash, *published_by;
	moment published_at;
	uint64_t seq;
};

/* Fails: ERR_NOT_FOUND. */
enum err_code product_get(struct session *s, const char *name, struct arena *arena,
			  struct product *ret_product, struct err *e);

/*
 * product_versions -- newest first, at most `limit`, those before `before` (a seq; 0: from the
 * newest).
 */
struct product_versions {
	struct product_version *items;
	size_t count;
	bool more;
};
enum err_code product_versions(struct session *s, const char *name, uint64_t before, size_t limit,
			       struct arena *arena, struct product_versions *ret_versions,
			       struct err *e);
enum err_code product_version_get(struct session *s, const char *name, const char *version,
				  struct arena *arena, struct product_version *ret_version,
				  struct err *e);

/* product_source -- the document byte for byte as it was sent with the event `seq`. */
enum err_code product_source(struct session *s, uint64_t seq, struct arena *arena,
			     const char **ret_source, size_t *ret_length,
			     const char **ret_media_type, struct err *e);

/* product_document -- the same, read; product_decode -- and decoded: it was found good when it was
 * published. */
enum err_code product_document(struct session *s, uint64_t seq, struct arena *arena,
			       struct node *ret_document, struct err *e);
enum err_code product_decode(struct session *s, uint64_t seq, struct arena *arena,
			     struct descriptor *ret_descriptor, struct err *e);

/* product_list -- by name; NULL or -1 leaves a filter out. */
struct product_filter {
	const char *domain, *owner, *tag, *classification, *status, *standing;
	const char *words; /* full text, as search.h reads it; the order stays by name */
	int personal;      /* 0, 1, or -1 */
	const char *after; /* names behind this one: the cursor */
	size_t limit;
};
struct product_list {
	struct product *items; /* of product_list() without document */
	size_t count;
	bool more;
};
enum err_code product_list(struct session *s, const struct product_filter *filter,
			   struct arena *arena, struct product_list *ret_list, struct err *e);

/* product_several -- of all of these names that there are, in no order, with their documents. */
enum err_code product_several(struct session *s, const char *const *names, size_t count,
			      struct arena *arena, struct product_list *ret_list, struct err *e);

/*
 * product_first_published -- when the product was published for the first time.  Fails:
 * ERR_NOT_FOUND.
 */
enum err_code product_first_published(struct session *s, const char *name, moment *ret_time,
				      struct err *e);

/* product_count -- all that were ever published, the retired ones among them. */
enum err_code product_count(struct session *s, uint64_t *ret_count, struct err *e);

/*
 * product_append -- event_append() of product.published or product.judged for who knows already
 * what its body says, which saves reading it again.  The draft must say the same as its body: the
 * catalog takes its word, a rebuild does not.
 *
 * product_draft_published, product_draft_judged -- all that can be worked out without the catalog,
 * in `arena`, so that the committer only writes.  `before` is the version in force as the publisher
 * saw it (NULL: the product is new), which must still be so when the draft is appended; who judges
 * that version once more has changed nothing, and no document.
 */
struct product_finding {
	const char *version, *change, *hash, *standing;
	const struct violations *violations; /* as the body has them; NULL: none */
	const char *document;                /* as canonical JSON; NULL: not worked out yet */
	size_t document_length;
};
struct product_draft {
	const char *kind, *name; /* of the event; its subject */
	struct product_finding finding;

	const char *body; /* of the event; NULL in a rebuild */
	size_t body_length;
	struct digest body_hash;

	/* Of product.published alone: */
	const struct descriptor *product;
	int64_t id;                 /* struct product's; 0: it is new */
	const char *classification; /* the strictest, or NULL */
	bool personal;
	const char *column_words, *tag_words; /* for the search */
};
const struct product_draft *product_draft_published(const struct descriptor *product,
						    const struct product_finding *finding,
						    const struct product *before,
						    const struct buf *body, struct arena *arena);
const struct product_draft *product_draft_judged(const char *name,
						 const struct product_finding *finding,
						 const struct buf *body, struct arena *arena);
enum err_code product_append(struct session *s, const char *actor,
			     const struct product_draft *draft, struct event *ret_event,
			     struct err *e);

#endif
