/*
 * product_row.h -- a row of products as a struct product.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_PRODUCT_ROW_H
#define WEFT_CATALOG_PRODUCT_ROW_H

#include "db.h"
#include "product.h"

/* What to select, in the order that product_of_row() reads it, from products as `p`. */
#define PRODUCT_COLUMNS                                                                            \
	"p.name, p.version, p.domain, p.owner, p.description, p.status, p.standing, "              \
	"p.classification, p.personal,"                                                            \
	" p.published_at, p.published_by, p.seq, p.hash"
enum { PRODUCT_COLUMN_COUNT = 13 };

/* Without its document. */
struct product product_of_row(const struct query *q, struct arena *arena);

#endif
