/*
 * Digests, signatures and base64, by the vectors of their standards.
 */
#include <string.h>

#include "base/digest.h"

#include "unit.h"

static int
start_up(void **state)
{
	struct err e;
	(void)state;
	return digest_start_up(&e) == ERR_OK ? 0 : -1;
}

static void
sha256_is_that_of_fips_180_4(void **state)
{
	(void)state;
	char text[DIGEST_TEXT_SIZE];
	struct digest whole = digest_of("abc", 3);
	digest_format(&whole, text);
	assert_string_equal(text,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

	const struct digest_part parts[] = {{"a", 1}, {"", 0}, {"bc", 2}};
	struct digest in_parts = digest_of_parts(parts, 3);
	assert_true(digest_equal(&whole, &in_parts));
}

static void
a_digest_is_read_from_exactly_64_digits(void **state)
{
	(void)state;
	char text[DIGEST_TEXT_SIZE];
	struct digest d = digest_of("x", 1), back;
	digest_format(&d, text);
	assert_true(digest_parse(text, &back));
	assert_true(digest_equal(&d, &back));
	text[63] = 'g';
	assert_false(digest_parse(text, &back));
	text[63] = '\0';
	assert_false(digest_parse(text, &back));
}

static void
a_signature_holds_for_its_bytes_and_key_alone(void **state)
{
	(void)state;
	struct signing_key key, other;
	uint8_t signature[SIGNATURE_SIZE];
	signing_key_generate(&key);
	signing_key_generate(&other);
	sign_bytes(&key, "text", 4, signature);
	assert_true(signature_is_valid(key.public_key, "text", 4, signature));
	assert_false(signature_is_valid(key.public_key, "texT", 4, signature));
	assert_false(signature_is_valid(other.public_key, "text", 4, signature));
	signature[0] ^= 1;
	assert_false(signature_is_valid(key.public_key, "text", 4, signature));
}

static void
base64_is_that_of_rfc_4648(void **state)
{
	(void)state;
	static const char *const vectors[][2] = {{"", ""},
						 {"f", "Zg=="},
						 {"fo", "Zm8="},
						 {"foo", "Zm9v"},
						 {"foob", "Zm9vYg=="},
						 {"fooba", "Zm9vYmE="},
						 {"foobar", "Zm9vYmFy"}};
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		char text[16], back[16];
		size_t length;
		base64_encode(vectors[i][0], strlen(vectors[i][0]), text);
		assert_string_equal(text, vectors[i][1]);
		assert_true(base64_decode(text, back, sizeof back, &length));
		assert_int_equal(length, strlen(vectors[i][0]));
		assert_memory_equal(back, vectors[i][0], length);
	}
}

static void
only_the_exact_form_of_base64_is_read(void **state)
{
	(void)state;
	static const char *const wrong[] = {"Zg",    "Zg=",     "Zg===", "Zh==", "Zm9v\n",
					    " Zm9v", "Zm9\x80", "Zm-_",  "Z"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char back[16];
		size_t length;
		assert_false(base64_decode(wrong[i], back, sizeof back, &length));
	}
	char back[16];
	size_t length;
	assert_true(base64url_decode("-_8", back, sizeof back, &length));
	assert_false(base64url_decode("+/8", back, sizeof back, &length));
	assert_false(base64url_decode("-_8=", back, sizeof back, &length));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sha256_is_that_of_fips_180_4),
	    cmocka_unit_test(a_digest_is_read_from_exactly_64_digits),
	    cmocka_unit_test(a_signature_holds_for_its_bytes_and_key_alone),
	    cmocka_unit_test(base64_is_that_of_rfc_4648),
	    cmocka_unit_test(only_the_exact_form_of_base64_is_read),
	};
	return cmocka_run_group_tests(tests, start_up, NULL);
}
