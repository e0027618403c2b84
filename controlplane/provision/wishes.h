/*
 * wishes.h -- a product, what it asks for, and what became of that so far: read in one snapshot.
 */
#ifndef WEFT_PROVISION_WISHES_H
#define WEFT_PROVISION_WISHES_H

#include "catalog/product.h"
#include "catalog/resource.h"

struct wishes {
	struct product product;
	struct descriptor
	    descriptor; /* of the version in force, or of the last one of a retired product */
	struct resource_list resources;
	moment now;
};

/*
 * wishes_read -- in a session of its own, which has ended when this returns.  Fails:
 * ERR_NOT_FOUND.
 *
 */
enum err_code wishes_read(struct store *store, const char *product, struct arena *arena,
			  struct wishes *ret_wishes, struct err *e);

/* Is the resource's state this one? */
bool resource_is(const struct resource *r, const char *state);

#endif
