/*
 * test_checkpoint.c -- signed notes: what OpenSSL signs is what we sign, and nothing that was
 * altered is let through.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "proof/checkpoint.h"

/* RFC 8032, section 7.1, test 1; its secret key is the seed followed by the public key. */
static const struct signing_key rfc_key = {
    .public_key = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
		   0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
		   0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a},
    .secret_key = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92,
		   0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b,
		   0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60, 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a,
		   0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3,
		   0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a},
};

#define ORIGIN "weft.example/log"
#define ROOT   "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I="
#define DASH   "\xe2\x80\x94"
#define SIGNATURE                                                                                  \
	"4gfL0UnqCuRL38pnj9mijrwHABcgmMGmnfUtIPtrN9e3wy+"                                          \
	"xx4vqgHjpNYi1Auvg3e9TwySX6J84mOqAP9HLgtG9twk="
#define SIGNED DASH " " ORIGIN " " SIGNATURE "\n"

/* Made with `openssl pkeyutl -sign` and the key above; the root is SHA-256 of "root". */
static const char openssl_note[] = ORIGIN "\n42\n" ROOT "\n\n" SIGNED;

static struct arena arena;

static int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct verifier_key
verifier(const char *name, const struct signing_key *key)
{
	struct verifier_key v = {.name = name};
	memcpy(v.public_key, key->public_key, PUBLIC_KEY_SIZE);
	return v;
}

static struct checkpoint
example(void)
{
	return (struct checkpoint){ORIGIN, 42, digest_of("root", 4)};
}

static enum err_code
open_note(const char *note, const struct verifier_key *key, struct err *e)
{
	struct checkpoint c;
	return checkpoint_open(note, key, &arena, &c, e);
}

static void
we_sign_as_openssl_does(void **state)
{
	(void)state;
	struct checkpoint c = example();
	assert_string_equal(checkpoint_sign(&c, &rfc_key, &arena), openssl_note);
}

static void
a_checkpoint_comes_back_as_it_was(void **state)
{
	(void)state;
	const uint64_t sizes[] = {0, 1, 42, UINT64_MAX};
	struct signing_key key;
	signing_key_generate(&key);
	struct verifier_key v = verifier("weft", &key);
	struct checkpoint found;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct checkpoint c = {"weft", sizes[i], digest_of(&i, sizeof i)};
		const char *note = checkpoint_sign(&c, &key, &arena);
		assert_int_equal(checkpoint_open(note, &v, &arena, &found, &e), ERR_OK);
		assert_string_equal(found.origin, "weft");
		assert_int_equal(found.size, sizes[i]);
		assert_true(digest_equal(&found.root, &c.root));
	}
}

static void
without_a_key_a_note_is_only_parsed(void **state)
{
	(void)state;
	/* The example of C2SP's tlog-checkpoint, whose key is not ours. */
	const char *note =
	    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/"
	    "Xajj7h2fB2MPA3j2jxq2I=\n\n" DASH
	    " example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
	    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
	struct checkpoint c;
	struct err e;
	assert_int_equal(checkpoint_open(note, NULL, &arena, &c, &e), ERR_OK);
	assert_string_equal(c.origin, "example.com/behind-the-sofa");
	assert_int_equal(c.size, 20852163);
	assert_int_equal(c.root.bytes[0], 0x0a);
	assert_int_equal(c.root.bytes[31], 0x62);
}

static void
a_note_that_was_altered_anywhere_is_not_accepted(void **state)
{
	(void)state;
	struct verifier_key key = verifier(ORIGIN, &rfc_key);
	struct err e;
	assert_int_equal(open_note(openssl_note, &key, &e), ERR_OK);
	for (size_t i = 0; i < strlen(openssl_note); i++) {
		char *altered = arena_text(&arena, openssl_note);
		altered[i] = altered[i] == '1' ? '2' : '1';
		assert_int_not_equal(open_note(altered, &key, &e), ERR_OK);
		assert_int_not_equal(open_note(arena_bytes(&arena, openssl_note, i), &key, &e),
				     ERR_OK);
	}
}

static void
a_wrong_signature_and_a_foreign_key_are_told_apart(void **state)
{
	(void)state;
	struct signing_key other;
	signing_key_generate(&other);
	struct verifier_key right = verifier(ORIGIN, &rfc_key),
			    wrong_key = verifier(ORIGIN, &other),
			    wrong_name = verifier("else", &rfc_key);
	struct err e;
	assert_int_equal(open_note(ORIGIN "\n43\n" ROOT "\n\n" SIGNED, &right, &e), ERR_REFUSED);
	assert_string_equal(e.message, "the signature by 'weft.example/log' does not fit the text");
	assert_int_equal(open_note(openssl_note, &wrong_key, &e), ERR_REFUSED);
	assert_string_equal(e.message, "the checkpoint is not signed by 'weft.example/log'");
	assert_int_equal(open_note(openssl_note, &wrong_name, &e), ERR_REFUSED);
	assert_string_equal(e.message, "the checkpoint is not signed by 'else'");
}

/* A key that signs two logs: the signature is right, but it is of another log. */
static void
the_checkpoint_of_another_log_is_refused(void **state)
{
	(void)state;
	const char *text = "other\n42\n" ROOT "\n";
	uint8_t bytes[4 + SIGNATURE_SIZE] = {0xe2, 0x07, 0xcb, 0xd1};
	char signature[100];
	sign_bytes(&rfc_key, text, strlen(text), bytes + 4);
	base64_encode(bytes, sizeof bytes, signature);
	const char *note = arena_printf(&arena, "%s\n" DASH " " ORIGIN " %s\n", text, signature);
	struct verifier_key key = verifier(ORIGIN, &rfc_key);
	struct err e;
	assert_int_equal(open_note(note, &key, &e), ERR_REFUSED);
	assert_string_equal(e.message,
			    "the checkpoint is of the log 'other', not of 'weft.example/log'");
}

static void
signatures_of_witnesses_are_passed_over(void **state)
{
	(void)state;
	const char *witness = DASH " witness.example AAAAAAAA\n";
	struct verifier_key key = verifier(ORIGIN, &rfc_key);
	struct err e;
	const char *note = arena_printf(&arena, "%s%s", openssl_note, witness);
	assert_int_equal(open_note(note, &key, &e), ERR_OK);
	note = arena_printf(&arena, ORIGIN "\n42\n" ROOT "\n\n%s" SIGNED, witness);
	assert_int_equal(open_note(note, &key, &e), ERR_OK);
	note = arena_printf(&arena, ORIGIN "\n42\n" ROOT "\n\n%s", witness);
	assert_int_equal(open_note(note, &key, &e), ERR_REFUSED);
}

static void
extension_lines_are_signed_and_skipped(void **state)
{
	(void)state;
	struct err e;
	assert_int_equal(open_note(ORIGIN "\n42\n" ROOT "\nmore\nand more\n\n" SIGNED, NULL, &e),
			 ERR_OK);
	struct verifier_key key = verifier(ORIGIN, &rfc_key);
	assert_int_equal(open_note(ORIGIN "\n42\n" ROOT "\nmore\n\n" SIGNED, &key, &e),
			 ERR_REFUSED);
}

static void
what_is_no_checkpoint_is_malformed(void **state)
{
	(void)state;
	static const char *const notes[] = {
	    "",
	    "\n\n",
	    "no empty line\n",
	    ORIGIN "\n42\n" ROOT "\n\n",                               /* no signature */
	    ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " " SIGNATURE, /* no last line end */
	    ORIGIN "\n42\n" ROOT "\n\n- " ORIGIN " " SIGNATURE "\n",   /* no em dash */
	    ORIGIN "\n42\n" ROOT "\n\n" DASH " " SIGNATURE "\n",       /* no name */
	    ORIGIN "\n42\n" ROOT "\n\n" DASH " a+b " SIGNATURE "\n",   /* no name of a key */
	    ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " AAAA\n",     /* shorter than a key id */
	    ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " ?" SIGNATURE "\n",       /* no base64 */
	    ORIGIN "\n42\n" ROOT "\n\n" DASH " " ORIGIN " \xa7" SIGNATURE "AAA\n", /* nor this */
	    ORIGIN "\n42\n\247BNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\n" SIGNED,
	    ORIGIN "\n42\n" ROOT "\n\n" SIGNED "more\n",          /* text behind */
	    "\n42\n" ROOT "\n\n" SIGNED,                          /* no origin */
	    "two words\n42\n" ROOT "\n\n" SIGNED,                 /* no name of a key */
	    ORIGIN "\n\n" SIGNED,                                 /* no size */
	    ORIGIN "\n042\n" ROOT "\n\n" SIGNED,                  /* leading zero */
	    ORIGIN "\n-1\n" ROOT "\n\n" SIGNED,                   /* sign */
	    ORIGIN "\n18446744073709551616\n" ROOT "\n\n" SIGNED, /* 2^64 */
	    ORIGIN "\n42\n\n" SIGNED,                             /* no root */
	    ORIGIN "\n42\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2dw==\n\n" SIGNED, /* 31 bytes */
	    ORIGIN "\n42\n" ROOT "\n\nmore\n\n" SIGNED, /* an empty extension */
	    ORIGIN "\r\n42\n" ROOT "\n\n" SIGNED,       /* control character */
	};
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		if (open_note(notes[i], NULL, &e) != ERR_MALFORMED)
			fail_msg("accepted: %s", notes[i]);
}

static void
a_mistake_in_the_text_names_its_line(void **state)
{
	(void)state;
	struct err e;
	assert_int_equal(open_note(ORIGIN "\nmany\n" ROOT "\n\n" SIGNED, NULL, &e), ERR_MALFORMED);
	assert_int_equal(e.at.line, 2);
	assert_string_equal(e.message, "expected the log's size, a number");
}

static void
a_verifier_key_has_the_text_that_others_give_it(void **state)
{
	(void)state;
	struct verifier_key key = verifier(ORIGIN, &rfc_key), found;
	struct err e;
	const char *text = verifier_key_format(&key, &arena);
	assert_string_equal(text, ORIGIN "+e207cbd1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea");
	assert_int_equal(verifier_key_parse(text, &arena, &found, &e), ERR_OK);
	assert_string_equal(found.name, ORIGIN);
	assert_memory_equal(found.public_key, key.public_key, PUBLIC_KEY_SIZE);
}

/* Keys that Go's note package and checksum database publish. */
static void
known_verifier_keys_are_read(void **state)
{
	(void)state;
	static const char *const keys[] = {
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
	};
	struct verifier_key key;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		assert_int_equal(verifier_key_parse(keys[i], &arena, &key, &e), ERR_OK);
		assert_string_equal(verifier_key_format(&key, &arena), keys[i]);
	}
}

static void
what_is_no_verifier_key_is_malformed(void **state)
{
	(void)state;
	static const char *const keys[] = {
	    "",
	    "name",
	    "name+e207cbd1",
	    "+e207cbd1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
	    "a b+e207cbd1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
	    "other+e207cbd1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",   /* another name's id */
	    ORIGIN "+e207cbd2+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", /* another id */
	    ORIGIN "+e207cbd10+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", /* too long an id */
	    ORIGIN "+e207cbd1+AtdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",  /* another type */
	    ORIGIN "+e207cbd1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3",      /* too short */
	    ORIGIN "+e207cbd1+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Eaa", /* too long */
	    /* found by fuzzing: its id is right for what libsodium takes the bytes beyond ASCII for
	     */
	    ".e+b1ba2e7c+AddamAGBsQq31Uv+04lkBzoO4XLz2q\247\225\265\2326CGmj3B2Ea",
	};
	struct verifier_key key;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (verifier_key_parse(keys[i], &arena, &key, &e) != ERR_MALFORMED)
			fail_msg("accepted: %s", keys[i]);
}

static void
an_origin_is_one_word(void **state)
{
	(void)state;
	assert_true(is_checkpoint_origin("weft"));
	assert_true(is_checkpoint_origin("weft.example/log"));
	assert_true(is_checkpoint_origin("\xc3\xa9"));
	assert_false(is_checkpoint_origin(""));
	assert_false(is_checkpoint_origin("two words"));
	assert_false(is_checkpoint_origin("a+b"));
	assert_false(is_checkpoint_origin("a\nb"));
	assert_false(is_checkpoint_origin("a\x7f"));
}

int
main(void)
{
	struct err e;
	if (digest_start_up(&e))
		return 1;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(we_sign_as_openssl_does),
	    cmocka_unit_test(a_checkpoint_comes_back_as_it_was),
	    cmocka_unit_test(without_a_key_a_note_is_only_parsed),
	    cmocka_unit_test(a_note_that_was_altered_anywhere_is_not_accepted),
	    cmocka_unit_test(a_wrong_signature_and_a_foreign_key_are_told_apart),
	    cmocka_unit_test(the_checkpoint_of_another_log_is_refused),
	    cmocka_unit_test(signatures_of_witnesses_are_passed_over),
	    cmocka_unit_test(extension_lines_are_signed_and_skipped),
	    cmocka_unit_test(what_is_no_checkpoint_is_malformed),
	    cmocka_unit_test(a_mistake_in_the_text_names_its_line),
	    cmocka_unit_test(a_verifier_key_has_the_text_that_others_give_it),
	    cmocka_unit_test(known_verifier_keys_are_read),
	    cmocka_unit_test(what_is_no_verifier_key_is_malformed),
	    cmocka_unit_test(an_origin_is_one_word),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
