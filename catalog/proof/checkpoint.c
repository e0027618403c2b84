/*
 * checkpoint.c -- writing and reading signed notes.
 *
 * A note is read in two cuts: at its last empty line into text and signatures, then each of them
 * into lines.  Lines are cut out of a copy in the arena, by putting NULs in place of line feeds.
 */
#include "checkpoint.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum {
	KEY_ID_SIZE = 4,
	KEY_ID_TEXT_SIZE = 8,
	ED25519 = 0x01, /* the signature type of signed-note */
};

static const char DASH[] = "\xe2\x80\x94 "; /* an em dash and a space begin a signature's line */

/* What stands behind "+": the type, then the key. */
struct typed_key {
	uint8_t type;
	uint8_t public_key[PUBLIC_KEY_SIZE];
};

struct typed_signature {
	uint8_t key_id[KEY_ID_SIZE];
	uint8_t signature[SIGNATURE_SIZE];
};

static void
key_id(const char *name, const uint8_t public_key[PUBLIC_KEY_SIZE], uint8_t ret_id[KEY_ID_SIZE])
{
	const uint8_t type = ED25519;
	const struct digest_part parts[] = {
	    {name, strlen(name)},
	    {"\n", 1},
	    {&type, 1},
	    {public_key, PUBLIC_KEY_SIZE},
	};
	struct digest d = digest_of_parts(parts, ARRAY_LEN(parts));
	memcpy(ret_id, d.bytes, KEY_ID_SIZE);
}

bool
is_checkpoint_origin(const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '+' || name[i] == 0x7f)
			return false;
	return length > 0;
}

static char *
encode(const void *bytes, size_t length, struct arena *arena)
{
	char *text = arena_alloc(arena, base64_size(length));
	base64_encode(bytes, length, text);
	return text;
}

const char *
checkpoint_sign(const struct checkpoint *c, const struct signing_key *key, struct arena *arena)
{
	assert(is_checkpoint_origin(c->origin));
	const char *root = encode(c->root.bytes, DIGEST_SIZE, arena);
	const char *text =
	    arena_printf(arena, "%s\n%llu\n%s\n", c->origin, (unsigned long long)c->size, root);
	struct typed_signature s;
	key_id(c->origin, key->public_key, s.key_id);
	sign_bytes(key, text, strlen(text), s.signature);
	return arena_printf(arena, "%s\n%s%s %s\n", text, DASH, c->origin,
			    encode(&s, sizeof s, arena));
}

/*
 * The next line, its end replaced by a NUL; NULL when there is none or it has no end.  Moves
 * `*rest` behind it.
 */
static char *
take_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return line;
}

static bool
parse_size(const char *text, uint64_t *ret_size)
{
	uint64_t n = 0;
	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return false;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');
		if (*text < '0' || *text > '9' || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*ret_size = n;
	return true;
}

/* The part that is signed: origin, size, root, and lines of extensions, which are skipped. */
static enum err_code
parse_text(char *text, struct checkpoint *ret_checkpoint, struct err *e)
{
	struct checkpoint c = {0};
	size_t length = 0;
	c.origin = take_line(&text);
	if (!c.origin || !is_checkpoint_origin(c.origin))
		return ERR_AT(e, MALFORMED, ((struct position){1, 1}),
			      "a checkpoint's first line is its origin");
	const char *size = take_line(&text);
	if (!size || !parse_size(size, &c.size))
		return ERR_AT(e, MALFORMED, ((struct position){2, 1}),
			      "expected the log's size, a number");
	const char *root = take_line(&text);
	if (!root || !base64_decode(root, c.root.bytes, DIGEST_SIZE, &length) ||
	    length != DIGEST_SIZE)
		return ERR_AT(e, MALFORMED, ((struct position){3, 1}),
			      "expected the root, 32 bytes in base64");
	for (uint32_t line = 4; *text; line++) {
		const char *extension = take_line(&text);
		if (!extension || *extension == '\0')
			return ERR_AT(e, MALFORMED, ((struct position){line, 1}),
				      "an extension line is empty");
	}
	*ret_checkpoint = c;
	return ERR_OK;
}

enum signature_outcome {
	SIGNATURE_MALFORMED,
	SIGNATURE_OTHER_KEY,
	SIGNATURE_WRONG,
	SIGNATURE_RIGHT
};

/* One line "— NAME BASE64".  With a NULL key every well-formed one is another key's. */
static enum signature_outcome
check_signature(char *line, const char *text, const struct verifier_key *key, struct arena *arena)
{
	if (!line || strncmp(line, DASH, strlen(DASH)) != 0)
		return SIGNATURE_MALFORMED;
	char *name = line + strlen(DASH), *space = strchr(name, ' ');
	if (!space)
		return SIGNATURE_MALFORMED;
	*space = '\0';
	size_t length = 0, most = strlen(space + 1);
	uint8_t *bytes = arena_alloc(arena, most + 1);
	if (!is_checkpoint_origin(name) || !base64_decode(space + 1, bytes, most, &length) ||
	    length <= KEY_ID_SIZE)
		return SIGNATURE_MALFORMED;

	uint8_t id[KEY_ID_SIZE];
	if (!key || strcmp(key->name, name) != 0)
		return SIGNATURE_OTHER_KEY;
	key_id(key->name, key->public_key, id);
	if (memcmp(bytes, id, KEY_ID_SIZE) != 0)
		return SIGNATURE_OTHER_KEY;
	if (length != sizeof(struct typed_signature) ||
	    !signature_is_valid(key->public_key, text, strlen(text), bytes + KEY_ID_SIZE))
		return SIGNATURE_WRONG;
	return SIGNATURE_RIGHT;
}

/*
 * Every line must have the form; one must be by `key`, and right.  Other keys' signatures
 * (witnesses) are not ours.
 */
static enum err_code
check_signatures(char *lines, const char *text, const struct verifier_key *key, struct arena *arena,
		 struct err *e)
{
	bool signed_by_key = false;
	do {
		switch (check_signature(take_line(&lines), text, key, arena)) {
		case SIGNATURE_MALFORMED:
			return ERR(e, MALFORMED,
				   "a signature's line is not of the form '%sNAME BASE64'", DASH);
		case SIGNATURE_WRONG:
			return ERR(e, REFUSED, "the signature by '%s' does not fit the text",
				   key->name);
		case SIGNATURE_RIGHT:
			signed_by_key = true;
			break;
		case SIGNATURE_OTHER_KEY:
			break;
		}
	} while (*lines);
	if (key && !signed_by_key)
		return ERR(e, REFUSED, "the checkpoint is not signed by '%s'", key->name);
	return ERR_OK;
}

/* Signed notes hold no control characters but the line feed. */
static bool
is_plain(const char *note)
{
	for (; *note; note++)
		if (((unsigned char)*note < ' ' && *note != '\n') || *note == 0x7f)
			return false;
	return true;
}

/* The last empty line: behind it stand only signatures. */
static const char *
find_last_gap(const char *note)
{
	const char *last = NULL;
	for (const char *gap = strstr(note, "\n\n"); gap; gap = strstr(gap + 1, "\n\n"))
		last = gap;
	return last;
}

enum err_code
checkpoint_open(const char *note, const struct verifier_key *key, struct arena *arena,
		struct checkpoint *ret_checkpoint, struct err *e)
{
	const char *gap = find_last_gap(note);
	if (!gap || !is_plain(note))
		return ERR(e, MALFORMED,
			   "not a signed note: lines of text, an empty line, then signatures");
	size_t length = (size_t)(gap + 1 - note);
	const char *text = arena_bytes(arena, note, length);
	struct checkpoint c = {.origin = ""};
	if (parse_text(arena_bytes(arena, note, length), &c, e))
		return e->code;
	if (check_signatures(arena_text(arena, gap + 2), text, key, arena, e))
		return e->code;
	if (key && strcmp(key->name, c.origin) != 0)
		return ERR(e, REFUSED, "the checkpoint is of the log '%s', not of '%s'", c.origin,
			   key->name);
	*ret_checkpoint = c;
	return ERR_OK;
}

static void
format_key_id(const uint8_t id[KEY_ID_SIZE], char ret_text[KEY_ID_TEXT_SIZE + 1])
{
	for (size_t i = 0; i < KEY_ID_SIZE; i++)
		snprintf(ret_text + 2 * i, 3, "%02x", id[i]);
}

const char *
verifier_key_format(const struct verifier_key *key, struct arena *arena)
{
	struct typed_key typed = {.type = ED25519};
	memcpy(typed.public_key, key->public_key, PUBLIC_KEY_SIZE);
	uint8_t id[KEY_ID_SIZE];
	char id_text[KEY_ID_TEXT_SIZE + 1];
	key_id(key->name, key->public_key, id);
	format_key_id(id, id_text);
	return arena_printf(arena, "%s+%s+%s", key->name, id_text,
			    encode(&typed, sizeof typed, arena));
}

enum err_code
verifier_key_parse(const char *text, struct arena *arena, struct verifier_key *ret_key,
		   struct err *e)
{
	const char *plus = strchr(text, '+'), *second = plus ? strchr(plus + 1, '+') : NULL;
	if (!second)
		return ERR(e, MALFORMED, "a verifier key has the form NAME+ID+KEY");
	struct verifier_key key = {.name = arena_bytes(arena, text, (size_t)(plus - text))};
	struct typed_key typed;
	size_t length = 0;
	if (!is_checkpoint_origin(key.name))
		return ERR(e, MALFORMED, "a verifier key begins with its name");
	if (!base64_decode(second + 1, &typed, sizeof typed, &length) || length != sizeof typed ||
	    typed.type != ED25519)
		return ERR(e, MALFORMED, "the verifier key of '%s' is no Ed25519 key in base64",
			   key.name);
	memcpy(key.public_key, typed.public_key, PUBLIC_KEY_SIZE);

	uint8_t id[KEY_ID_SIZE];
	char id_text[KEY_ID_TEXT_SIZE + 1];
	key_id(key.name, key.public_key, id);
	format_key_id(id, id_text);
	if (strncmp(plus + 1, id_text, KEY_ID_TEXT_SIZE) != 0 ||
	    second != plus + 1 + KEY_ID_TEXT_SIZE)
		return ERR(e, MALFORMED,
			   "the verifier key of '%s' does not have the id that it states",
			   key.name);
	*ret_key = key;
	return ERR_OK;
}
