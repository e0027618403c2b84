/*
 * checkpoint.h -- a signed statement "this log had this many events, and this root".
 *
 * Source: C2SP tlog-checkpoint and signed-note (c2sp.org).  The text form:
 *
 *     weft                                             the log's origin
 *     42                                               its size
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     its root, base64
 *                                                      an empty line
 *     — weft Az3grlgt...                               em dash, key name, base64 of key id
 *                                                      (4 bytes) and signature
 *
 * The key id is the first four bytes of SHA-256(name, "\n", 0x01, public key).  The key's own
 * text, the "verifier key", is "name+hex key id+base64(0x01, public key)".
 */
#ifndef WEFT_PROOF_CHECKPOINT_H
#define WEFT_PROOF_CHECKPOINT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/digest.h"

struct checkpoint {
	const char *origin;
	uint64_t size;
	struct digest root;
};

struct verifier_key {
	const char *name;
	uint8_t public_key[PUBLIC_KEY_SIZE];
};

/*
 * is_checkpoint_origin -- a key's name too: not empty, and no space, "+" or control character in
 * it.
 */
bool is_checkpoint_origin(const char *name);

/*
 * checkpoint_sign -- the whole note, in `arena`; the key's name is the origin, which must be one.
 */
const char *checkpoint_sign(const struct checkpoint *c, const struct signing_key *key,
			    struct arena *arena);

/*
 * checkpoint_open -- parse a note and check its signature by `key`; with a NULL key it is only
 * parsed. Fails: ERR_MALFORMED, ERR_REFUSED (not signed by this key, the signature is wrong, or
 * another log's origin).
 */
enum err_code checkpoint_open(const char *note, const struct verifier_key *key, struct arena *arena,
			      struct checkpoint *ret_checkpoint, struct err *e);

const char *verifier_key_format(const struct verifier_key *key, struct arena *arena);
enum err_code verifier_key_parse(const char *text, struct arena *arena,
				 struct verifier_key *ret_key, struct err *e);

#endif
