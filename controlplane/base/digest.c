/*
 * digest.c -- thin names over libsodium; but SHA-256 is OpenSSL's, which uses the processor's own
 * instructions and is five times as fast: whoever verifies a log does little else.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum err_code
digest_start_up(struct err *e)
{
	if (sodium_init() < 0)
		return ERR(e, INTERNAL, "no source of randomness");
	return ERR_OK;
}

/* Looked up once: by its name it would be for each digest. */
static EVP_MD *sha256;

static void
find_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* OpenSSL fails here only without memory, and that ends the process (arena.h). */
static void
must(int result)
{
	if (result != 1)
		abort();
}

struct digest
digest_of_parts(const struct digest_part *parts, size_t count)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct digest d;
	pthread_once(&once, find_sha256);
	EVP_MD_CTX *state = EVP_MD_CTX_new();
	must(state && EVP_DigestInit_ex2(state, sha256, NULL));
	for (size_t i = 0; i < count; i++)
		must(EVP_DigestUpdate(state, parts[i].bytes, parts[i].length));
	must(EVP_DigestFinal_ex(state, d.bytes, NULL));
	EVP_MD_CTX_free(state);
	return d;
}

struct digest
digest_of(const void *bytes, size_t length)
{
	return digest_of_parts(&(struct digest_part){bytes, length}, 1);
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return sodium_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

void
digest_format(const struct digest *d, char ret_text[DIGEST_TEXT_SIZE])
{
	sodium_bin2hex(ret_text, DIGEST_TEXT_SIZE, d->bytes, DIGEST_SIZE);
}

bool
digest_parse(const char *text, struct digest *ret_digest)
{
	struct digest d;
	size_t length = 0;
	if (strlen(text) != DIGEST_TEXT_SIZE - 1 ||
	    sodium_hex2bin(d.bytes, DIGEST_SIZE, text, DIGEST_TEXT_SIZE - 1, NULL, &length, NULL) !=
		0 ||
	    length != DIGEST_SIZE)
		return false;
	*ret_digest = d;
	return true;
}

void
signing_key_generate(struct signing_key *ret_key)
{
	crypto_sign_keypair(ret_key->public_key, ret_key->secret_key);
}

void
signing_key_wipe(struct signing_key *key)
{
	sodium_memzero(key, sizeof *key);
}

void
sign_bytes(const struct signing_key *key, const void *bytes, size_t length,
	   uint8_t ret_signature[SIGNATURE_SIZE])
{
	crypto_sign_detached(ret_signature, NULL, bytes, length, key->secret_key);
}

bool
signature_is_valid(const uint8_t public_key[PUBLIC_KEY_SIZE], const void *bytes, size_t length,
		   const uint8_t signature[SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, bytes, length, public_key) == 0;
}

void
random_bytes(void *ret_bytes, size_t length)
{
	randombytes_buf(ret_bytes, length);
}

size_t
base64_size(size_t length)
{
	return sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
}

void
base64_encode(const void *bytes, size_t length, char *ret_text)
{
	sodium_bin2base64(ret_text, base64_size(length), bytes, length,
			  sodium_base64_VARIANT_ORIGINAL);
}

void
base64url_encode(const void *bytes, size_t length, char *ret_text)
{
	sodium_bin2base64(ret_text, base64_size(length), bytes, length,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* libsodium 1.0.18 takes a byte beyond ASCII for a digit: two texts would name the same bytes. */
static bool
is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static bool
decode(const char *text, void *ret_bytes, size_t capacity, size_t *ret_length, int variant)
{
	const char *end = NULL;
	size_t size = strlen(text);
	return is_ascii(text) &&
	       sodium_base642bin(ret_bytes, capacity, text, size, NULL, ret_length, &end,
				 variant) == 0 &&
	       end == text + size;
}

bool
base64_decode(const char *text, void *ret_bytes, size_t capacity, size_t *ret_length)
{
	return decode(text, ret_bytes, capacity, ret_length, sodium_base64_VARIANT_ORIGINAL);
}

bool
base64url_decode(const char *text, void *ret_bytes, size_t capacity, size_t *ret_length)
{
	return decode(text, ret_bytes, capacity, ret_length,
		      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
