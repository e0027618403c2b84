/*
 * resource_message.h -- a product's wish for storage or compute, as plugins are told of it
 * (plugins/weft_plugin.h).
 */
#ifndef WEFT_PROVISION_RESOURCE_MESSAGE_H
#define WEFT_PROVISION_RESOURCE_MESSAGE_H

#include "base/clock.h"
#include "catalog/product.h"
#include "catalog/resource.h"

/*
 * resource_access -- everyone who may have access at `now`: [{role, level, columns}], as JSON in
 * `arena`.  An entry is left out when its last day is over; `*ret_next` is when the next one ends,
 * or 0.
 */
const char *resource_access(const struct descriptor *d, moment now, struct arena *arena,
			    moment *ret_next);

/*
 * resource_message -- the whole resource, as JSON in `arena`, always the same text for the same
 * wish: so its digest tells whether a resource is what the product asks for now.  `access` is JSON.
 */
const char *resource_message(const struct product *product, const struct descriptor *d,
			     const struct resource *r, const char *access, struct arena *arena);

#endif
