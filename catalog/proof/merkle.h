/*
 * merkle.h -- the Merkle tree of the event log: hashes, roots, and the two proofs.
 *
 * Source: RFC 6962, section 2.1 (leaf 0x00, node 0x01, SHA-256; the tree over n leaves splits at
 * the largest power of two below n).  Pure: the caller brings stored hashes through `struct
 * merkle_source`.
 *
 * Stored are only the hashes of complete subtrees, which never change: (level, index) covers the
 * leaves [index * 2^level, (index + 1) * 2^level), leaves counting from 0.
 *
 *     level 2          (2,0)
 *     level 1     (1,0)     (1,1)     (1,2)
 *     level 0   0    1    2    3    4    5    6        a tree of 7: root = H(H((2,0), H((1,2), 6)))
 */
#ifndef WEFT_PROOF_MERKLE_H
#define WEFT_PROOF_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"

struct digest merkle_leaf(const void *bytes, size_t length);
struct digest merkle_node(const struct digest *left, const struct digest *right);
struct digest merkle_empty_root(void); /* the hash of nothing */

/* Where the hashes of complete subtrees come from. */
struct merkle_source {
	enum err_code (*read)(void *user, unsigned level, uint64_t index, struct digest *ret_hash,
			      struct err *e);
	void *user;
};

enum { MERKLE_MOST_NODES = 64 }; /* nodes that one append completes, hashes in one proof */

struct merkle_proof {
	struct digest hashes[MERKLE_MOST_NODES];
	size_t count;
};

/*
 * The right edge: what is needed to append without reading.  peaks[i] are the complete subtrees
 * of the binary form of `size`, the largest first.
 */
struct merkle_edge {
	uint64_t size;
	struct digest peaks[MERKLE_MOST_NODES];
	size_t count;
};

/*
 * merkle_append -- add a leaf.  Each subtree that becomes complete, the leaf itself first (level
 * 0), is given to `store`, which may be NULL.
 */
typedef enum err_code merkle_store_fn(void *user, unsigned level, uint64_t index,
				      const struct digest *hash, struct err *e);
enum err_code merkle_append(struct merkle_edge *edge, const struct digest *leaf,
			    merkle_store_fn *store, void *user, struct err *e);

struct digest merkle_edge_root(const struct merkle_edge *edge);

/* merkle_edge_load -- the edge of a tree of `size` leaves, from stored hashes. */
enum err_code merkle_edge_load(const struct merkle_source *source, uint64_t size,
			       struct merkle_edge *ret_edge, struct err *e);

/* merkle_root -- of the first `size` leaves. */
enum err_code merkle_root(const struct merkle_source *source, uint64_t size,
			  struct digest *ret_root, struct err *e);

/*
 * Proofs (sections 2.1.1 and 2.1.2).  `index` counts from 0.  Fails: ERR_USAGE when out of range.
 */
enum err_code merkle_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
			       struct merkle_proof *ret_proof, struct err *e);
enum err_code merkle_consistency(const struct merkle_source *source, uint64_t from, uint64_t to,
				 struct merkle_proof *ret_proof, struct err *e);

/* The auditor's side (RFC 9162, sections 2.1.3.2 and 2.1.4.2): no source needed. */
bool merkle_inclusion_holds(const struct merkle_proof *proof, uint64_t index, uint64_t size,
			    const struct digest *leaf, const struct digest *root);
bool merkle_consistency_holds(const struct merkle_proof *proof, uint64_t from, uint64_t to,
			      const struct digest *root_from, const struct digest *root_to);

#endif
