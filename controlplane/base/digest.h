/*
 * digest.h -- SHA-256, Ed25519, random bytes, and bytes as text (libsodium behind it).
 *
 * Sources: FIPS 180-4 (SHA-256), RFC 8032 (Ed25519), RFC 4648 (base64, section 4; base64url
 * without padding, section 5).
 */
#ifndef WEFT_BASE_DIGEST_H
#define WEFT_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	DIGEST_SIZE = 32,
	DIGEST_TEXT_SIZE = 65, /* lower-case hexadecimal and a NUL */
	PUBLIC_KEY_SIZE = 32,
	SECRET_KEY_SIZE = 64,
	SIGNATURE_SIZE = 64,
};

struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

/* digest_start_up -- once, before threads; fails only where the system has no randomness. */
enum err_code digest_start_up(struct err *e);

struct digest digest_of(const void *bytes, size_t length);

/* A digest of several parts in a row, as if they were one run of bytes. */
struct digest_part {
	const void *bytes;
	size_t length;
};
struct digest digest_of_parts(const struct digest_part *parts, size_t count);

bool digest_equal(const struct digest *a, const struct digest *b);

void digest_format(const struct digest *d, char ret_text[DIGEST_TEXT_SIZE]);
bool digest_parse(const char *text, struct digest *ret_digest); /* exactly 64 hexadecimal digits */

struct signing_key {
	uint8_t public_key[PUBLIC_KEY_SIZE];
	uint8_t secret_key[SECRET_KEY_SIZE];
};

void signing_key_generate(struct signing_key *ret_key);
void signing_key_wipe(struct signing_key *key);
void sign_bytes(const struct signing_key *key, const void *bytes, size_t length,
		uint8_t ret_signature[SIGNATURE_SIZE]);
bool signature_is_valid(const uint8_t public_key[PUBLIC_KEY_SIZE], const void *bytes, size_t length,
			const uint8_t signature[SIGNATURE_SIZE]);

void random_bytes(void *ret_bytes, size_t length);

/*
 * base64_encode -- `ret_text` takes base64_size(length) bytes, the NUL among them; with padding,
 * the usual alphabet.
 */
size_t base64_size(size_t length);
void base64_encode(const void *bytes, size_t length, char *ret_text);

/*
 * base64url_encode -- the alphabet for addresses, no padding; `ret_text` takes
 * base64_size(length) bytes.
 */
void base64url_encode(const void *bytes, size_t length, char *ret_text);

/* Both decoders refuse anything but the exact form; `ret_bytes` has room for `capacity`. */
bool base64_decode(const char *text, void *ret_bytes, size_t capacity, size_t *ret_length);
bool base64url_decode(const char *text, void *ret_bytes, size_t capacity, size_t *ret_length);

#endif
