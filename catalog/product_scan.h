/*
 * product_scan.h -- all products of the mesh with their documents, a page at a time and each page
 * with a snapshot of its own: for who looks at everything and may take a while.  Nothing is locked
 * and no snapshot is old, so that the journal can be moved meanwhile; what is published in between
 * is seen or not.
 *
 *     product_scan_count(s, &scan, &total, e);
 *     while (product_scan_next(s, &scan, after, 256, arena, &span, e) == ERR_OK && span.rows > 0)
 *             product_scan_read(s, &scan, &span, arena, &page, e);
 *
 * Finding out where a page ends costs little; so several threads can each take the next span and
 * read it by themselves.
 */
#ifndef WEFT_CATALOG_PRODUCT_SCAN_H
#define WEFT_CATALOG_PRODUCT_SCAN_H

#include "base/document.h"
#include "catalog/store.h"

struct product_scan {
	const char *domain; /* only its products, as they are now; NULL: all */
	uint64_t as_of;     /* the versions in force after this event; 0: now */
};

/* Products by name: behind `after` up to `last`. */
struct product_span {
	const char *after, *last;
	uint64_t rows; /* rows to go through, those among them that are not in force */
};

/* One product that was in force. */
struct scanned_product {
	const char *name, *version;
	uint64_t seq;               /* of the event that published the version */
	const char *domain, *owner; /* NULL when only the document says it */
	/* as canonical JSON, without places; or, when `is_event` is set, the event's body, in which
	 * the document stands as it was sent */
	const char *text;
	size_t length;
	bool is_event;
};

struct scanned_products {
	struct scanned_product *items;
	size_t count;
};

enum err_code product_scan_count(struct session *s, const struct product_scan *scan,
				 uint64_t *ret_rows, struct err *e);

/* product_scan_next -- no rows when there is nothing behind `after` (NULL: from the beginning). */
enum err_code product_scan_next(struct session *s, const struct product_scan *scan,
				const char *after, size_t most, struct arena *arena,
				struct product_span *ret_span, struct err *e);

/* product_scan_read -- without those that are retired, not yet published, or redacted. */
enum err_code product_scan_read(struct session *s, const struct product_scan *scan,
				const struct product_span *span, struct arena *arena,
				struct scanned_products *ret_products, struct err *e);

/* scanned_product_document -- what it says, as a tree in `arena`. */
enum err_code scanned_product_document(const struct scanned_product *p, struct arena *arena,
				       struct node *ret_document, struct err *e);

#endif
