/*
 * resource.h -- what products asked for and what became of it: a projection of resource.changed
 * and product events.
 *
 * States:  wanted -> ready          the plugin made it so
 *          wanted -> failed         the plugin said no; tried again later (the error is kept)
 *          ready  -> wanted         the wish changed
 *          any    -> retained       no longer wished for, or the product retired: kept until
 *                                   its retention ends
 *          retained -> removed      destroyed by the plugin
 */
#ifndef WEFT_CATALOG_RESOURCE_H
#define WEFT_CATALOG_RESOURCE_H

#include "base/json.h"
#include "catalog/store.h"

struct resource {
	const char *product, *role; /* role: "storage" or "compute" */
	const char *plugin, *name;
	const char *wish; /* JSON: what the descriptor says */
	const char *state;
	const char *detail; /* JSON: what the plugin answered last, or NULL */
	const char *error;  /* the last error, or NULL */
	moment changed_at;
	uint64_t seq;         /* of the event that changed it last */
	uint64_t product_seq; /* of the product version whose wish it is */
};

struct resource_list {
	struct resource *items;
	size_t count;
};

/* resource_list -- of one product; or of all when `product` is NULL, by product. */
enum err_code resource_list(struct session *s, const char *product, struct arena *arena,
			    struct resource_list *ret_list, struct err *e);

/*
 * resource_change -- append the resource.changed event: the only way that a state moves.  `wish`
 * is the one that was worked on: when another is in force by now, detail and error are kept but
 * the state stays with the newer wish. Fails: ERR_NOT_FOUND (never wished for), ERR_USAGE (no
 * such state).
 */
enum err_code resource_change(struct session *s, const struct resource *r, struct err *e);

/*
 * The last results of quality checks, as their event's body (JSON), or NULL when there were none.
 */
enum err_code quality_last(struct session *s, const char *product, struct arena *arena,
			   const char **ret_body, moment *ret_time, struct err *e);

#endif
