/*
 * router.c -- a tree of path parts, built once from the route tables and only read after that.
 *
 *     "api" - "v1" - "products" - {} - "versions" - {}
 *                         |              `- "diff"
 *                         `- GET, POST
 */
#include "router.h"

#include <string.h>

struct place {
	const char *part; /* NULL: {…}, any part that is not empty */
	struct place *children, *sibling;
	struct endpoint endpoints[METHODS];
	bool is_end; /* some route ends here */
};

struct router {
	struct arena *arena;
	struct place root;
	size_t count;
};

static struct place *
find_child(const struct place *parent, const char *part)
{
	for (struct place *c = parent->children; c; c = c->sibling)
		if (part ? c->part && strcmp(c->part, part) == 0 : !c->part)
			return c;
	return NULL;
}

static struct place *
make_child(struct router *r, struct place *parent, const char *part)
{
	struct place *child = find_child(parent, part);
	if (child)
		return child;
	child = ARENA_NEW(r->arena, struct place);
	child->part = part;
	child->sibling = parent->children;
	return parent->children = child;
}

/* The place of a path as a table writes it, or NULL when that is no path. */
static struct place *
make_place(struct router *r, const char *path)
{
	struct place *place = &r->root;
	size_t values = 0;
	while (*path == '/') {
		path++;
		size_t length = strcspn(path, "/");
		if (length == 0 &&
		    (place != &r->root || *path)) /* "/" alone is a path of one empty part */
			return NULL;
		bool any = length > 2 && path[0] == '{' && path[length - 1] == '}';
		values += any;
		place = make_child(r, place, any ? NULL : arena_bytes(r->arena, path, length));
		path += length;
	}
	return *path == '\0' && place != &r->root && values <= ROUTE_MOST_VALUES ? place : NULL;
}

static enum err_code
add_route(struct router *r, const struct route *route, struct err *e)
{
	const char *method = method_name(route->method);
	if (route->role == ROLE_NOBODY)
		return ERR(e, INTERNAL, "the route %s %s says nobody's role", method, route->path);
	if (!route->handler)
		return ERR(e, INTERNAL, "the route %s %s has no handler", method, route->path);
	struct place *place = make_place(r, route->path);
	if (!place)
		return ERR(e, INTERNAL, "the route %s '%s' has no proper path", method,
			   route->path);
	struct endpoint *endpoint = &place->endpoints[route->method];
	if (endpoint->route)
		return ERR(e, INTERNAL, "the route %s %s is there twice", method, route->path);
	*endpoint = (struct endpoint){route, r->count++};
	place->is_end = true;
	return ERR_OK;
}

enum err_code
router_create(const struct route *const *tables, struct arena *arena,
	      const struct router **ret_router, struct err *e)
{
	struct router *r = ARENA_NEW(arena, struct router);
	r->arena = arena;
	for (; *tables; tables++)
		for (const struct route *route = *tables; route->path; route++)
			if (add_route(r, route, e) != ERR_OK)
				return e->code;
	*ret_router = r;
	return ERR_OK;
}

size_t
router_count(const struct router *r)
{
	return r->count;
}

/* Goes no deeper than TARGET_MOST_PARTS, by the caller's count. */
static const struct place *
walk(const struct place *place, const char *const *parts, size_t count,
     struct match *m) /* NOLINT(misc-no-recursion) */
{
	if (count == 0)
		return place->is_end ? place : NULL;
	const struct place *child = find_child(place, parts[0]);
	const struct place *end = child ? walk(child, parts + 1, count - 1, m) : NULL;
	if (end || parts[0][0] == '\0')
		return end;
	child = find_child(place, NULL);
	if (!child)
		return NULL;
	m->values[m->value_count++] = parts[0];
	end = walk(child, parts + 1, count - 1, m);
	if (!end)
		m->value_count--;
	return end;
}

bool
router_match(const struct router *r, const char *const *parts, size_t count,
	     struct match *ret_match)
{
	struct match m = {0};
	const struct place *end = walk(&r->root, parts, count, &m);
	if (!end)
		return false;
	m.by_method = end->endpoints;
	*ret_match = m;
	return true;
}
