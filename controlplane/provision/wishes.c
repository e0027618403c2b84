/*
 * wishes.c -- see wishes.h.
 */
#include "wishes.h"

#include <string.h>

enum err_code
wishes_read(struct store *store, const char *product, struct arena *arena,
	    struct wishes *ret_wishes, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct wishes w;
	enum err_code code = store_read(store, &s, e);
	if (code == ERR_OK)
		code = product_get(s, product, arena, &w.product, e);
	if (code == ERR_OK)
		code = product_decode(s, w.product.seq, arena, &w.descriptor, e);
	if (code == ERR_OK)
		code = resource_list(s, product, arena, &w.resources, e);
	if (code != ERR_OK)
		return code;
	w.now = store_now(store);
	*ret_wishes = w;
	return ERR_OK;
}

bool
resource_is(const struct resource *r, const char *state)
{
	return strcmp(r->state, state) == 0;
}
