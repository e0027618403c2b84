/*
 * published.h -- what was published once, as an answer: a version that may no longer be in force.
 */
#ifndef WEFT_API_PUBLISHED_H
#define WEFT_API_PUBLISHED_H

#include "catalog/product.h"
#include "http/http.h"

/* published_as_of -- the version in force after the event `as_of`.  Fails: ERR_NOT_FOUND. */
enum err_code published_as_of(struct session *s, const char *name, uint64_t as_of,
			      struct arena *arena, struct product_version *ret_version,
			      struct err *e);

/*
 * published_write -- {product, version, status, standing, published_at, published_by, event, hash,
 * change}; retired when it was by `as_of`, and standing as it was found to then (0: the status is
 * what the document says, the standing that of its publication).
 */
enum err_code published_write(struct session *s, const char *name, const struct product_version *v,
			      uint64_t as_of, struct response *rs, struct err *e);

/* published_write_source -- the document as YAML, byte for byte as it was sent (JSON is YAML, too).
 */
enum err_code published_write_source(struct session *s, uint64_t seq, struct response *rs,
				     struct err *e);

#endif
