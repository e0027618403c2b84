/*
 * fuzz_checkpoint.c -- notes and verifier keys: what is accepted can be written again and opens as
 * the same, and nobody signs for a key that only this program has.
 */
#include <string.h>

#include "proof/checkpoint.h"

#include "fuzz.h"

static struct signing_key key;

static bool
same_checkpoint(const struct checkpoint *a, const struct checkpoint *b)
{
	return strcmp(a->origin, b->origin) == 0 && a->size == b->size &&
	       digest_equal(&a->root, &b->root);
}

static void
check_note(const char *note, struct arena *arena)
{
	struct checkpoint c, again;
	struct err e;
	if (checkpoint_open(note, NULL, arena, &c, &e)) {
		MUST(e.code == ERR_MALFORMED && e.message[0] != '\0');
		return;
	}
	struct verifier_key verifier = {.name = c.origin};
	memcpy(verifier.public_key, key.public_key, PUBLIC_KEY_SIZE);
	MUST(checkpoint_open(note, &verifier, arena, &again, &e) == ERR_REFUSED);
	const char *signed_note = checkpoint_sign(&c, &key, arena);
	MUST(!checkpoint_open(signed_note, &verifier, arena, &again, &e));
	MUST(same_checkpoint(&c, &again));
}

static void
check_key(const char *text, struct arena *arena)
{
	struct verifier_key found;
	struct err e;
	if (verifier_key_parse(text, arena, &found, &e))
		MUST(e.code == ERR_MALFORMED && e.message[0] != '\0');
	else
		MUST(strcmp(verifier_key_format(&found, arena), text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena arena = {0};
	struct err e;
	if (key.public_key[0] == 0) {
		MUST(!digest_start_up(&e));
		signing_key_generate(&key);
	}
	const char *text = arena_bytes(&arena, bytes, length);
	check_note(text, &arena);
	check_key(text, &arena);
	arena_done(&arena);
	return 0;
}
