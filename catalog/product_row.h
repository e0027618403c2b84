/*
 * product_row.h -- a row of products as a struct product.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_PRODUCT_ROW_H
#define WEFT_CATALOG_PRODUCT_ROW_H

#include "db.h"
#include "product.h"

/* What to select from PRODUCT_TABLES, in the order that product_of_row() reads it. */
#define PRODUCT_COLUMNS                                                                            \
	"p.id, p.name, p.version, p.domain, p.owner, d.description, p.status, p.standing,"         \
	" p.classification, p.personal, d.published_at, d.published_by, p.seq, d.hash,"            \
	" p.judged_seq"
#define PRODUCT_TABLES "products p JOIN product_documents d ON d.id = p.id"
enum { PRODUCT_COLUMN_COUNT = 15 };

/* Without its document. */
struct product product_of_row(const struct query *q, struct arena *arena);

#endif
