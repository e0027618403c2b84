/*
 * indexed.h -- what the indexer's thread does a moment later, done now.
 */
#ifndef WEFT_TESTS_CATALOG_INDEXED_H
#define WEFT_TESTS_CATALOG_INDEXED_H

#include "fixture.h"
#include "search_index.h"

static inline void
bring_up_the_index(struct mesh *m)
{
	size_t count = 1;
	while (count > 0) {
		struct session *s = mesh_write(m);
		assert_ok(m, search_index_follow(s, 100, &count, &m->e));
		mesh_commit(m, s);
	}
}

#endif
