/*
 * test_merkle.c -- RFC 6962's tree: known roots, every proof of every small tree against the RFC's
 * own definition, and what a forger may try.
 *
 * The definition is written down here a second time, as the RFC has it: recursive, over leaves,
 * without stored hashes.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "proof/merkle.h"

enum { LEAVES = 130, LEVELS = 8 };

static const struct {
	const char *bytes;
	size_t length;
} inputs[] = {
    {"", 0},
    {"\x00", 1},
    {"\x10", 1},
    {"\x20\x21", 2},
    {"\x30\x31", 2},
    {"\x40\x41\x42\x43", 4},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};

/* Of the first 0 to 8 of the inputs above; the vectors of the certificate-transparency project. */
static const char *const known_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

/* A log in memory; reading a subtree that was not stored fails the test. */
struct log {
	struct digest leaves[LEAVES];
	struct digest hashes[LEVELS][LEAVES];
	bool stored[LEVELS][LEAVES];
	struct merkle_edge edge;
};

static struct log tree;

static enum err_code
store(void *user, unsigned level, uint64_t index, const struct digest *hash, struct err *e)
{
	(void)e;
	struct log *log = user;
	assert_true(level < LEVELS && index < LEAVES);
	assert_false(log->stored[level][index]);
	log->hashes[level][index] = *hash;
	log->stored[level][index] = true;
	return ERR_OK;
}

static enum err_code
fetch(void *user, unsigned level, uint64_t index, struct digest *ret_hash, struct err *e)
{
	const struct log *log = user;
	if (level >= LEVELS || index >= LEAVES || !log->stored[level][index])
		return ERR(e, NOT_FOUND, "(%u,%u)", level, (unsigned)index);
	*ret_hash = log->hashes[level][index];
	return ERR_OK;
}

static const struct merkle_source source = {fetch, &tree};

static int
grow_the_tree(void **state)
{
	(void)state;
	struct err e;
	for (size_t i = 0; i < LEAVES; i++) {
		tree.leaves[i] = merkle_leaf(&i, sizeof i);
		if (merkle_append(&tree.edge, &tree.leaves[i], store, &tree, &e))
			return -1;
	}
	return 0;
}

/* ---- the RFC's definition ---- */

static size_t
largest_power_below(size_t n)
{
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

/* MTH(D[n]) */
static struct digest
defined_root(const struct digest *leaves, size_t n)
{
	if (n == 0)
		return digest_of("", 0);
	if (n == 1)
		return leaves[0];
	size_t k = largest_power_below(n);
	struct digest left = defined_root(leaves, k), right = defined_root(leaves + k, n - k);
	return merkle_node(&left, &right);
}

static void
put(struct merkle_proof *proof, struct digest hash)
{
	proof->hashes[proof->count++] = hash;
}

/* PATH(m, D[n]) */
static void
defined_path(size_t m, const struct digest *leaves, size_t n, struct merkle_proof *proof)
{
	if (n == 1)
		return;
	size_t k = largest_power_below(n);
	if (m < k) {
		defined_path(m, leaves, k, proof);
		put(proof, defined_root(leaves + k, n - k));
	} else {
		defined_path(m - k, leaves + k, n - k, proof);
		put(proof, defined_root(leaves, k));
	}
}

/* SUBPROOF(m, D[n], b) */
static void
defined_subproof(size_t m, const struct digest *leaves, size_t n, bool b,
		 struct merkle_proof *proof)
{
	if (m == n) {
		if (!b)
			put(proof, defined_root(leaves, m));
		return;
	}
	size_t k = largest_power_below(n);
	if (m <= k) {
		defined_subproof(m, leaves, k, b, proof);
		put(proof, defined_root(leaves + k, n - k));
	} else {
		defined_subproof(m - k, leaves + k, n - k, false, proof);
		put(proof, defined_root(leaves, k));
	}
}

/* ---- */

static void
assert_digest(const struct digest *d, const char *text)
{
	char found[DIGEST_TEXT_SIZE];
	digest_format(d, found);
	assert_string_equal(found, text);
}

static void
assert_same_proof(const struct merkle_proof *a, const struct merkle_proof *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_true(digest_equal(&a->hashes[i], &b->hashes[i]));
}

static struct digest
root_of(uint64_t size)
{
	struct digest root;
	struct err e;
	assert_int_equal(merkle_root(&source, size, &root, &e), ERR_OK);
	return root;
}

static struct merkle_proof
inclusion(uint64_t index, uint64_t size)
{
	struct merkle_proof proof;
	struct err e;
	assert_int_equal(merkle_inclusion(&source, index, size, &proof, &e), ERR_OK);
	return proof;
}

static struct merkle_proof
consistency(uint64_t from, uint64_t to)
{
	struct merkle_proof proof;
	struct err e;
	assert_int_equal(merkle_consistency(&source, from, to, &proof, &e), ERR_OK);
	return proof;
}

static void
the_known_inputs_give_the_known_roots(void **state)
{
	(void)state;
	struct merkle_edge edge = {0};
	struct err e;
	for (size_t size = 0;; size++) {
		struct digest root = merkle_edge_root(&edge);
		assert_digest(&root, known_roots[size]);
		if (size == ARRAY_LEN(inputs))
			break;
		struct digest leaf = merkle_leaf(inputs[size].bytes, inputs[size].length);
		assert_int_equal(merkle_append(&edge, &leaf, NULL, NULL, &e), ERR_OK);
	}
	assert_int_equal(edge.size, ARRAY_LEN(inputs));
}

static void
the_root_of_every_size_is_that_of_the_definition(void **state)
{
	(void)state;
	for (size_t size = 0; size <= LEAVES; size++) {
		struct digest root = root_of(size), defined = defined_root(tree.leaves, size);
		assert_true(digest_equal(&root, &defined));
	}
}

static void
exactly_the_complete_subtrees_are_stored(void **state)
{
	(void)state;
	for (unsigned level = 0; level < LEVELS; level++)
		for (size_t index = 0; index < LEAVES; index++)
			assert_int_equal(tree.stored[level][index], (index + 1) << level <= LEAVES);
}

static void
an_edge_that_was_loaded_grows_like_the_one_that_was_kept(void **state)
{
	(void)state;
	struct merkle_edge kept = {0}, loaded;
	struct err e;
	for (size_t size = 0; size < LEAVES; size++) {
		assert_int_equal(merkle_edge_load(&source, size, &loaded, &e), ERR_OK);
		assert_int_equal(loaded.size, size);
		assert_int_equal(loaded.count, kept.count);
		assert_memory_equal(loaded.peaks, kept.peaks, kept.count * sizeof kept.peaks[0]);
		assert_int_equal(merkle_append(&loaded, &tree.leaves[size], NULL, NULL, &e),
				 ERR_OK);
		assert_int_equal(merkle_append(&kept, &tree.leaves[size], NULL, NULL, &e), ERR_OK);
		struct digest a = merkle_edge_root(&loaded), b = root_of(size + 1);
		assert_true(digest_equal(&a, &b));
	}
}

static enum err_code
store_but_not_level_two(void *user, unsigned level, uint64_t index, const struct digest *hash,
			struct err *e)
{
	(void)user;
	(void)index;
	(void)hash;
	return level == 2 ? ERR(e, NO_SPACE, "full") : ERR_OK;
}

static void
an_append_that_cannot_store_leaves_the_edge_as_it_was(void **state)
{
	(void)state;
	struct merkle_edge edge, before;
	struct err e;
	assert_int_equal(merkle_edge_load(&source, 7, &edge, &e), ERR_OK);
	before = edge;
	assert_int_equal(merkle_append(&edge, &tree.leaves[7], store_but_not_level_two, NULL, &e),
			 ERR_NO_SPACE);
	assert_memory_equal(&edge, &before, sizeof edge);
	assert_int_equal(merkle_append(&edge, &tree.leaves[7], NULL, NULL, &e), ERR_OK);
	struct digest a = merkle_edge_root(&edge), b = root_of(8);
	assert_true(digest_equal(&a, &b));
}

static void
every_inclusion_proof_is_that_of_the_definition_and_holds(void **state)
{
	(void)state;
	for (size_t size = 1; size <= LEAVES; size++) {
		struct digest root = root_of(size);
		for (size_t index = 0; index < size; index++) {
			struct merkle_proof proof = inclusion(index, size), defined = {.count = 0};
			defined_path(index, tree.leaves, size, &defined);
			assert_same_proof(&proof, &defined);
			assert_true(merkle_inclusion_holds(&proof, index, size, &tree.leaves[index],
							   &root));
		}
	}
}

static void
every_consistency_proof_is_that_of_the_definition_and_holds(void **state)
{
	(void)state;
	for (size_t to = 0; to <= LEAVES; to++) {
		struct digest root_to = root_of(to);
		for (size_t from = 0; from <= to; from++) {
			struct digest root_from = root_of(from);
			struct merkle_proof proof = consistency(from, to), defined = {.count = 0};
			if (from > 0)
				defined_subproof(from, tree.leaves, to, true, &defined);
			assert_same_proof(&proof, &defined);
			assert_true(
			    merkle_consistency_holds(&proof, from, to, &root_from, &root_to));
		}
	}
}

static void
a_tampered_inclusion_proof_does_not_hold(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 33; size++) {
		struct digest root = root_of(size);
		for (size_t index = 0; index < size; index++) {
			const struct digest *leaf = &tree.leaves[index];
			struct merkle_proof good = inclusion(index, size), bad;
			for (size_t i = 0; i < good.count; i++) {
				bad = good;
				bad.hashes[i].bytes[i % DIGEST_SIZE] ^= 1;
				assert_false(
				    merkle_inclusion_holds(&bad, index, size, leaf, &root));
			}
			bad = good;
			bad.hashes[bad.count++] = root;
			assert_false(merkle_inclusion_holds(&bad, index, size, leaf, &root));
			if (good.count > 0) {
				bad = good;
				bad.count--;
				assert_false(
				    merkle_inclusion_holds(&bad, index, size, leaf, &root));
			}
		}
	}
}

static void
an_inclusion_proof_holds_for_no_other_leaf_place_or_root(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 20; size++) {
		struct digest root = root_of(size), other_root = root_of(size + 1);
		for (size_t index = 0; index < size; index++) {
			struct merkle_proof proof = inclusion(index, size);
			const struct digest *leaf = &tree.leaves[index];
			assert_false(
			    merkle_inclusion_holds(&proof, index, size, leaf, &other_root));
			assert_false(merkle_inclusion_holds(&proof, size, size, leaf, &root));
			for (size_t other = 0; other < size; other++) {
				if (other == index)
					continue;
				assert_false(
				    merkle_inclusion_holds(&proof, other, size, leaf, &root));
				assert_false(merkle_inclusion_holds(&proof, index, size,
								    &tree.leaves[other], &root));
			}
		}
	}
}

static void
a_tampered_consistency_proof_does_not_hold(void **state)
{
	(void)state;
	for (size_t to = 2; to <= 33; to++) {
		struct digest root_to = root_of(to);
		for (size_t from = 1; from < to; from++) {
			struct digest root_from = root_of(from);
			struct merkle_proof good = consistency(from, to), bad;
			for (size_t i = 0; i < good.count; i++) {
				bad = good;
				bad.hashes[i].bytes[31 - i] ^= 0x80;
				assert_false(
				    merkle_consistency_holds(&bad, from, to, &root_from, &root_to));
			}
			bad = good;
			bad.hashes[bad.count++] = root_to;
			assert_false(
			    merkle_consistency_holds(&bad, from, to, &root_from, &root_to));
			bad = good;
			bad.count--;
			assert_false(
			    merkle_consistency_holds(&bad, from, to, &root_from, &root_to));
			assert_false(merkle_consistency_holds(&good, from, to, &root_to, &root_to));
			assert_false(
			    merkle_consistency_holds(&good, from, to, &root_from, &root_from));
		}
	}
}

static void
a_rewritten_past_is_consistent_with_nothing(void **state)
{
	(void)state;
	struct digest forged[LEAVES];
	for (size_t changed = 0; changed < 16; changed++) {
		memcpy(forged, tree.leaves, sizeof forged);
		forged[changed].bytes[0] ^= 1;
		struct digest kept = root_of(16), now = defined_root(forged, 40);
		struct merkle_proof proof = {.count = 0};
		defined_subproof(16, forged, 40, true, &proof);
		assert_false(merkle_consistency_holds(&proof, 16, 40, &kept, &now));
	}
}

static void
empty_and_equal_trees_need_an_empty_proof(void **state)
{
	(void)state;
	struct merkle_proof none = {.count = 0}, some = {.count = 1};
	struct digest empty = merkle_empty_root(), five = root_of(5), six = root_of(6);
	assert_true(merkle_consistency_holds(&none, 0, 0, &empty, &empty));
	assert_true(merkle_consistency_holds(&none, 0, 5, &empty, &five));
	assert_true(merkle_consistency_holds(&none, 5, 5, &five, &five));
	assert_false(merkle_consistency_holds(&none, 0, 0, &empty, &five));
	assert_false(merkle_consistency_holds(&none, 0, 5, &six, &five));
	assert_false(merkle_consistency_holds(&some, 0, 5, &empty, &five));
	assert_false(merkle_consistency_holds(&none, 5, 5, &five, &six));
	assert_false(merkle_consistency_holds(&some, 5, 5, &five, &five));
	assert_false(merkle_consistency_holds(&none, 5, 6, &five, &six));
	assert_false(merkle_consistency_holds(&none, 6, 5, &six, &five));
	assert_false(merkle_inclusion_holds(&none, 0, 0, &five, &empty));
}

static void
a_proof_that_claims_more_hashes_than_fit_does_not_hold(void **state)
{
	(void)state;
	struct merkle_proof proof = {.count = MERKLE_MOST_NODES + 1};
	struct digest root = root_of(5);
	assert_false(merkle_inclusion_holds(&proof, 0, UINT64_MAX, &tree.leaves[0], &root));
	assert_false(merkle_consistency_holds(&proof, 4, UINT64_MAX, &root, &root));
}

static void
what_is_out_of_range_is_refused(void **state)
{
	(void)state;
	struct merkle_proof proof;
	struct digest root;
	struct merkle_edge edge;
	struct err e;
	assert_int_equal(merkle_inclusion(&source, 5, 5, &proof, &e), ERR_USAGE);
	assert_string_equal(e.message, "leaf 5 is not in a tree of 5");
	assert_int_equal(merkle_inclusion(&source, 0, 0, &proof, &e), ERR_USAGE);
	assert_int_equal(merkle_consistency(&source, 6, 5, &proof, &e), ERR_USAGE);
	assert_int_equal(merkle_root(&source, UINT64_MAX, &root, &e), ERR_USAGE);
	assert_int_equal(merkle_edge_load(&source, UINT64_MAX, &edge, &e), ERR_USAGE);
	assert_int_equal(merkle_consistency(&source, 1, UINT64_MAX, &proof, &e), ERR_USAGE);
}

static void
a_hash_that_cannot_be_read_is_reported(void **state)
{
	(void)state;
	struct merkle_proof proof;
	struct digest root;
	struct merkle_edge edge;
	struct err e;
	assert_int_equal(merkle_root(&source, LEAVES + 1, &root, &e), ERR_NOT_FOUND);
	assert_int_equal(merkle_edge_load(&source, LEAVES + 1, &edge, &e), ERR_NOT_FOUND);
	assert_int_equal(merkle_inclusion(&source, 0, LEAVES + 1, &proof, &e), ERR_NOT_FOUND);
	assert_int_equal(merkle_consistency(&source, 1, LEAVES + 1, &proof, &e), ERR_NOT_FOUND);
}

/* Of a tree whose leaves are all the same, every subtree of a level has the same hash. */
static enum err_code
fetch_uniform(void *user, unsigned level, uint64_t index, struct digest *ret_hash, struct err *e)
{
	(void)user;
	(void)index;
	(void)e;
	struct digest hash = merkle_leaf("same", 4);
	while (level-- > 0)
		hash = merkle_node(&hash, &hash);
	*ret_hash = hash;
	return ERR_OK;
}

static void
proofs_of_trees_beyond_imagination_hold(void **state)
{
	(void)state;
	const struct merkle_source uniform = {fetch_uniform, NULL};
	const uint64_t most = (UINT64_C(1) << 63) - 1;
	const uint64_t sizes[] = {most, most - 1, UINT64_C(1) << 62, (UINT64_C(1) << 62) + 1,
				  UINT64_C(1) << 32};
	struct digest leaf = merkle_leaf("same", 4), root, root_from;
	struct merkle_proof proof;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		uint64_t size = sizes[i];
		const uint64_t places[] = {0, 1, size / 3, size - 1};
		assert_int_equal(merkle_root(&uniform, size, &root, &e), ERR_OK);
		for (size_t p = 0; p < ARRAY_LEN(places); p++) {
			assert_int_equal(merkle_inclusion(&uniform, places[p], size, &proof, &e),
					 ERR_OK);
			assert_true(merkle_inclusion_holds(&proof, places[p], size, &leaf, &root));
			uint64_t from = places[p] + 1;
			assert_int_equal(merkle_root(&uniform, from, &root_from, &e), ERR_OK);
			assert_int_equal(merkle_consistency(&uniform, from, size, &proof, &e),
					 ERR_OK);
			assert_true(
			    merkle_consistency_holds(&proof, from, size, &root_from, &root));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_known_inputs_give_the_known_roots),
	    cmocka_unit_test(the_root_of_every_size_is_that_of_the_definition),
	    cmocka_unit_test(exactly_the_complete_subtrees_are_stored),
	    cmocka_unit_test(an_edge_that_was_loaded_grows_like_the_one_that_was_kept),
	    cmocka_unit_test(an_append_that_cannot_store_leaves_the_edge_as_it_was),
	    cmocka_unit_test(every_inclusion_proof_is_that_of_the_definition_and_holds),
	    cmocka_unit_test(every_consistency_proof_is_that_of_the_definition_and_holds),
	    cmocka_unit_test(a_tampered_inclusion_proof_does_not_hold),
	    cmocka_unit_test(an_inclusion_proof_holds_for_no_other_leaf_place_or_root),
	    cmocka_unit_test(a_tampered_consistency_proof_does_not_hold),
	    cmocka_unit_test(a_rewritten_past_is_consistent_with_nothing),
	    cmocka_unit_test(empty_and_equal_trees_need_an_empty_proof),
	    cmocka_unit_test(a_proof_that_claims_more_hashes_than_fit_does_not_hold),
	    cmocka_unit_test(what_is_out_of_range_is_refused),
	    cmocka_unit_test(a_hash_that_cannot_be_read_is_reported),
	    cmocka_unit_test(proofs_of_trees_beyond_imagination_hold),
	};
	return cmocka_run_group_tests(tests, grow_the_tree, NULL);
}
