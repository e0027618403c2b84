/*
 * past.h -- what was known after an event: products, domains, results and readers as the log says
 * that they were then.  Read from events, so that each answer costs more than one of now.
 */
#ifndef WEFT_CATALOG_PAST_H
#define WEFT_CATALOG_PAST_H

#include "catalog/domain.h"
#include "catalog/lineage.h"
#include "catalog/product.h"

/*
 * past_product -- the version in force after the event `as_of`, with the status "retired" when it
 * was.  Its standing is empty: what it fell short of then is another question.  Fails:
 * ERR_NOT_FOUND (not yet published, or redacted).
 */
enum err_code past_product(struct session *s, const char *name, uint64_t as_of, struct arena *arena,
			   struct product *ret_product, struct err *e);

/*
 * past_standing -- that of the version that the event `seq` brought, as the last decision about it
 * up to the event `as_of` said; NULL when that was redacted.
 */
enum err_code past_standing(struct session *s, const char *name, uint64_t seq, uint64_t as_of,
			    struct arena *arena, const char **ret_standing, struct err *e);

/* past_domain -- as domain_find(). */
enum err_code past_domain(struct session *s, const char *name, uint64_t as_of, struct arena *arena,
			  struct domain *ret_domain, struct err *e);

/* past_quality -- as quality_last(). */
enum err_code past_quality(struct session *s, const char *product, uint64_t as_of,
			   struct arena *arena, const char **ret_body, moment *ret_time,
			   struct err *e);

/* past_readers -- as lineage_readers(). */
enum err_code past_readers(struct session *s, const char *product, uint64_t as_of,
			   struct arena *arena, struct lineage_reader_list *ret_list,
			   struct err *e);

#endif
