/*
 * merkle.c -- the arithmetic of RFC 6962's tree.
 *
 * In this order: hashes, the right edge (appending), roots of ranges from stored subtrees, the two
 * proofs, and the auditor's two checks.  A range of leaves [begin, end) that is handed to
 * range_root() always begins at a multiple of the smallest power of two that is not below its
 * length; every range that the tree's definition names does.
 */
#include "merkle.h"

#include <assert.h>
#include <string.h>

/* Below it no level, count or shift can overflow, and every proof fits into struct merkle_proof. */
static const uint64_t MOST_LEAVES = UINT64_C(1) << 63;

struct digest
merkle_leaf(const void *bytes, size_t length)
{
	const struct digest_part parts[] = {{"\x00", 1}, {bytes, length}};
	return digest_of_parts(parts, length > 0 ? 2 : 1);
}

struct digest
merkle_node(const struct digest *left, const struct digest *right)
{
	const struct digest_part parts[] = {
	    {"\x01", 1},
	    {left->bytes, DIGEST_SIZE},
	    {right->bytes, DIGEST_SIZE},
	};
	return digest_of_parts(parts, ARRAY_LEN(parts));
}

struct digest
merkle_empty_root(void)
{
	return digest_of("", 0);
}

/*
 * The place of the lowest set bit of `n`, which is not 0: the level of the last complete subtree
 * of n leaves.
 */
static unsigned
lowest_level(uint64_t n)
{
	return (unsigned)__builtin_ctzll(n);
}

/* The largest power of two below `n`, which is at least 2: where a tree of n leaves splits. */
static uint64_t
split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static bool
is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/*
 * A new leaf is carried like the 1 of a binary addition: each peak of the same height is joined
 * with it and gives one of the next height.  The edge is changed only when all of them are stored,
 * so that a failed append can be repeated.
 */
enum err_code
merkle_append(struct merkle_edge *edge, const struct digest *leaf, merkle_store_fn *store,
	      void *user, struct err *e)
{
	assert(edge->size < MOST_LEAVES);
	struct digest hash = *leaf;
	uint64_t index = edge->size;
	size_t count = edge->count;
	unsigned level = 0;
	if (store && store(user, level, index, &hash, e))
		return e->code;
	for (; index & 1; index >>= 1) {
		hash = merkle_node(&edge->peaks[--count], &hash);
		level++;
		if (store && store(user, level, index >> 1, &hash, e))
			return e->code;
	}
	edge->peaks[count] = hash;
	edge->count = count + 1;
	edge->size++;
	return ERR_OK;
}

struct digest
merkle_edge_root(const struct merkle_edge *edge)
{
	if (edge->count == 0)
		return merkle_empty_root();
	struct digest root = edge->peaks[edge->count - 1];
	for (size_t i = edge->count - 1; i-- > 0;)
		root = merkle_node(&edge->peaks[i], &root);
	return root;
}

static enum err_code
check_size(uint64_t size, struct err *e)
{
	if (size >= MOST_LEAVES)
		return ERR(e, USAGE, "a tree of %llu leaves is too large",
			   (unsigned long long)size);
	return ERR_OK;
}

enum err_code
merkle_edge_load(const struct merkle_source *source, uint64_t size, struct merkle_edge *ret_edge,
		 struct err *e)
{
	if (check_size(size, e))
		return e->code;
	struct merkle_edge edge = {.size = size, .count = (size_t)__builtin_popcountll(size)};
	size_t i = edge.count;
	for (uint64_t rest = size; rest != 0; rest &= rest - 1) {
		unsigned level = lowest_level(rest);
		uint64_t index = (rest >> level) - 1;
		if (source->read(source->user, level, index, &edge.peaks[--i], e))
			return e->code;
	}
	*ret_edge = edge;
	return ERR_OK;
}

/*
 * MTH(D[begin:end]), from its complete subtrees, folded from the right as merkle_edge_root()
 * does.
 *
 */
static enum err_code
range_root(const struct merkle_source *source, uint64_t begin, uint64_t end,
	   struct digest *ret_root, struct err *e)
{
	struct digest root = {{0}};
	for (uint64_t rest = end - begin; rest != 0; rest &= rest - 1) {
		unsigned level = lowest_level(rest);
		uint64_t index = ((begin + rest) >> level) - 1;
		struct digest hash;
		if (source->read(source->user, level, index, &hash, e))
			return e->code;
		root = begin + rest == end ? hash : merkle_node(&hash, &root);
	}
	*ret_root = root;
	return ERR_OK;
}

enum err_code
merkle_root(const struct merkle_source *source, uint64_t size, struct digest *ret_root,
	    struct err *e)
{
	if (check_size(size, e))
		return e->code;
	if (size == 0) {
		*ret_root = merkle_empty_root();
		return ERR_OK;
	}
	return range_root(source, 0, size, ret_root, e);
}

/* Put MTH(D[begin:end]) at the proof's end. */
static enum err_code
add_range(struct merkle_proof *proof, const struct merkle_source *source, uint64_t begin,
	  uint64_t end, struct err *e)
{
	assert(proof->count < MERKLE_MOST_NODES);
	if (range_root(source, begin, end, &proof->hashes[proof->count], e))
		return e->code;
	proof->count++;
	return ERR_OK;
}

/* Proofs are gathered from the root down, and read from the leaf up. */
static void
reverse(struct merkle_proof *proof)
{
	for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
		struct digest held = proof->hashes[i];
		proof->hashes[i] = proof->hashes[--j];
		proof->hashes[j] = held;
	}
}

/* PATH(m, D[n]): at each split keep the side without the leaf, and go on in the other. */
enum err_code
merkle_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
		 struct merkle_proof *ret_proof, struct err *e)
{
	if (check_size(size, e))
		return e->code;
	if (index >= size)
		return ERR(e, USAGE, "leaf %llu is not in a tree of %llu",
			   (unsigned long long)index, (unsigned long long)size);
	struct merkle_proof proof = {.count = 0};
	for (uint64_t begin = 0, end = size; end - begin > 1;) {
		uint64_t middle = begin + split(end - begin);
		bool left = index < middle;
		if (add_range(&proof, source, left ? middle : begin, left ? end : middle, e))
			return e->code;
		*(left ? &end : &begin) = middle;
	}
	reverse(&proof);
	*ret_proof = proof;
	return ERR_OK;
}

/*
 * PROOF(m, D[n]): go down towards the end of the older tree, keeping the other sides.  The subtree
 * at which that ends is named too, unless it is the whole older tree (begin is still 0): its root
 * the auditor has.
 */
enum err_code
merkle_consistency(const struct merkle_source *source, uint64_t from, uint64_t to,
		   struct merkle_proof *ret_proof, struct err *e)
{
	if (check_size(to, e))
		return e->code;
	if (from > to)
		return ERR(e, USAGE, "a tree of %llu cannot have grown from one of %llu",
			   (unsigned long long)to, (unsigned long long)from);
	struct merkle_proof proof = {.count = 0};
	uint64_t begin = 0, end = to;
	while (from > 0 && end != from) {
		uint64_t middle = begin + split(end - begin);
		bool left = from <= middle;
		if (add_range(&proof, source, left ? middle : begin, left ? end : middle, e))
			return e->code;
		*(left ? &end : &begin) = middle;
	}
	if (begin > 0 && add_range(&proof, source, begin, end, e))
		return e->code;
	reverse(&proof);
	*ret_proof = proof;
	return ERR_OK;
}

/*
 * Step to the parents of both places, past the levels at which the left one has no brother to the
 * left.
 */
static void
climb(uint64_t *fn, uint64_t *sn)
{
	while (!(*fn & 1) && *fn != 0) {
		*fn >>= 1;
		*sn >>= 1;
	}
}

/* RFC 9162, section 2.1.3.2; fn and sn are its names. */
bool
merkle_inclusion_holds(const struct merkle_proof *proof, uint64_t index, uint64_t size,
		       const struct digest *leaf, const struct digest *root)
{
	if (index >= size || proof->count > MERKLE_MOST_NODES)
		return false;
	uint64_t fn = index, sn = size - 1;
	struct digest r = *leaf;
	for (size_t i = 0; i < proof->count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			r = merkle_node(&proof->hashes[i], &r);
			climb(&fn, &sn);
		} else {
			r = merkle_node(&r, &proof->hashes[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && digest_equal(&r, root);
}

/* RFC 9162, section 2.1.4.2, from step 3: `next` are the hashes behind the first. */
static bool
consistency_walk(const struct digest *first, const struct digest *next, size_t count, uint64_t from,
		 uint64_t to, const struct digest *root_from, const struct digest *root_to)
{
	uint64_t fn = from - 1, sn = to - 1;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	struct digest fr = *first, sr = *first;
	for (size_t i = 0; i < count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			fr = merkle_node(&next[i], &fr);
			sr = merkle_node(&next[i], &sr);
			climb(&fn, &sn);
		} else {
			sr = merkle_node(&sr, &next[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && digest_equal(&fr, root_from) && digest_equal(&sr, root_to);
}

/* The RFC leaves equal and empty trees to the caller: they need no hashes, and take none. */
bool
merkle_consistency_holds(const struct merkle_proof *proof, uint64_t from, uint64_t to,
			 const struct digest *root_from, const struct digest *root_to)
{
	if (from > to || proof->count > MERKLE_MOST_NODES)
		return false;
	if (from == 0) {
		struct digest empty = merkle_empty_root();
		return proof->count == 0 && digest_equal(root_from, &empty) &&
		       (to > 0 || digest_equal(root_to, &empty));
	}
	if (from == to)
		return proof->count == 0 && digest_equal(root_from, root_to);
	if (is_power_of_two(from))
		return consistency_walk(root_from, proof->hashes, proof->count, from, to, root_from,
					root_to);
	if (proof->count == 0)
		return false;
	return consistency_walk(&proof->hashes[0], &proof->hashes[1], proof->count - 1, from, to,
				root_from, root_to);
}
