/*
 * projection.h -- what is derived from events: which function applies which kind, and which tables
 * they fill.
 *
 * INVARIANT: a projection depends on events alone -- not on the clock, not on what is no
 * projection, not on the order of anything but the log.  So applying all events again gives the
 * same rows, byte for byte (rebuild.h).
 *
 * Private to catalog/.  Each noun's file has its apply functions; projection.c has the tables.
 */
#ifndef WEFT_CATALOG_PROJECTION_H
#define WEFT_CATALOG_PROJECTION_H

#include "descriptor/descriptor.h"
#include "proof/event.h"

#include "db.h"
#include "product.h"

/* One event on its way into the projections, read once for all of them. */
struct happening {
	const struct event *event;
	struct arena *arena; /* until all has been applied */

	/* What its body says; NULL when whoever wrote it has said so (product_append). */
	const struct node *body;

	/* domain.defined, policy.defined: the document. */
	const struct node *document;

	/* product.published, product.judged: what was found; and the published document's meaning.
	 */
	const struct product_draft *draft;
	const struct descriptor *product; /* the draft's */

	/* product.published and product.retired: set by product_apply_*, the first of their kind in
	 * the table. */
	int64_t product_id;
	bool product_is_new;
};

typedef enum err_code projection_apply_fn(struct session *s, struct happening *h, struct err *e);

projection_apply_fn product_apply_published, product_apply_judged, product_apply_retired;
projection_apply_fn column_apply_published;
projection_apply_fn lineage_apply_published, lineage_apply_retired;
projection_apply_fn resource_apply_published, resource_apply_retired, resource_apply_changed;
projection_apply_fn shortfall_apply_found, shortfall_apply_retired;
projection_apply_fn search_apply_published, search_apply_retired;
projection_apply_fn domain_apply_defined;
projection_apply_fn rule_apply_defined, rule_apply_retired;
projection_apply_fn quality_apply_checked;

/* happening_read -- body and document, by the event's kind, of an event that has a body. */
enum err_code happening_read(struct happening *h, struct err *e);

/*
 * projection_apply -- `draft` is what its writer has worked out already, or NULL. Fails, with
 * the session to be undone: ERR_MALFORMED (a body that is not what its kind says) ...
 */
enum err_code projection_apply(struct session *s, const struct event *ev,
			       const struct product_draft *draft, struct err *e);

/* What rebuild.c empties and what it digests, NULL-terminated. */
struct projection_table {
	const char *name;
	const char *clear;
	const char *read; /* every column, in the order of the primary key */
};
extern const struct projection_table projection_tables[];

#endif
