/*
 * router.h -- from the parts of a path to the routes that stand there, one for each method.
 */
#ifndef WEFT_HTTP_ROUTER_H
#define WEFT_HTTP_ROUTER_H

#include "http.h"

enum { ROUTE_MOST_VALUES = 4 };

struct router;

struct endpoint {
	const struct route *route; /* NULL: this method is not allowed here */
	size_t number;             /* of the route, counted through all tables from 0 */
};

struct match {
	const struct endpoint *by_method; /* METHODS of them */
	const char *values[ROUTE_MOST_VALUES];
	size_t value_count;
};

/*
 * router_create -- out of the tables (NULL-terminated; each ends with a row of zeros), which are
 * borrowed. Fails: ERR_INTERNAL: a row without role or handler, a path that is none, or the same
 * method and path twice.
 */
enum err_code router_create(const struct route *const *tables, struct arena *arena,
			    const struct router **ret_router, struct err *e);

size_t router_count(const struct router *r);

/* router_match -- where a written part and a {…} both fit, the written one is tried first. */
bool router_match(const struct router *r, const char *const *parts, size_t count,
		  struct match *ret_match);

#endif
