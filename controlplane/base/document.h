/*
 * document.h -- YAML and JSON as one tree that knows where everything stood.
 *
 * YAML is read by the core schema of YAML 1.2 (section 10.3): `no`, `on` and `2024-01-01` are
 * texts, `0o17` and `0xF` are numbers, `<<` is a key like any other.  JSON is RFC 8259.  A number
 * without fraction or exponent that fits is an integer of 64 bits; a number that does not fit its
 * type is an error, never rounded to infinity.
 *
 * Refused, with the place: more than one document, duplicate keys, keys that are not texts,
 * unknown tags, infinities and `.nan` (JSON has none), NUL in a text, bytes that are not UTF-8,
 * and whatever exceeds the limits.  A plain key is the text that it looks like: `1:` is "1".  An
 * alias shares what its anchor holds, but its values and bytes count as often as it stands there,
 * so that a small text cannot become a large tree.
 *
 * A tree lives in the arena it was read into, is immutable, and may be shared by threads.
 */
#ifndef WEFT_BASE_DOCUMENT_H
#define WEFT_BASE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_REAL, NODE_TEXT, NODE_LIST, NODE_MAP };

struct member;

struct node {
	enum node_kind kind;
	uint32_t count;     /* bytes of a text, items of a list, members of a map */
	struct position at; /* where it begins; line 0 when it was not read from a text */
	union {
		bool boolean;
		int64_t integer;
		double real;
		const char *text; /* UTF-8, NUL-terminated, no NUL inside */
		const struct node *items;
		const struct member *members; /* in the order of the text */
	};
};

struct member {
	const char *key;
	struct position at; /* of the key */
	struct node value;
};

enum document_format { DOCUMENT_YAML, DOCUMENT_JSON };

/* document_format_of -- of a document that was sent as this media type: JSON as application/json,
 * all else as YAML. */
enum document_format document_format_of(const char *media_type);

struct document_limits {
	size_t bytes; /* of the text */
	size_t nodes; /* of the tree, aliases expanded */
	/* of lists and maps; never more than 1000, since trees are walked by recursion */
	unsigned depth;
};

/* 4 MiB, 200,000 nodes, 64 levels */
extern const struct document_limits document_default_limits;

/*
 * document_read -- the text as a tree in `arena`.  `limits` may be NULL for the default. Fails:
 * ERR_MALFORMED (with e->at; too deep and too many nodes, too), ERR_TOO_LARGE (more bytes than
 * allowed).
 */
enum err_code document_read(enum document_format format, const char *text, size_t length,
			    const struct document_limits *limits, struct arena *arena,
			    struct node *ret_root, struct err *e);

/*
 * document_read_compact -- JSON that json.h wrote, which is read several times as fast, and then as
 * a tree without places.  Any other text is read as document_read() does it; so is what fails.
 */
enum err_code document_read_compact(const char *text, size_t length,
				    const struct document_limits *limits, struct arena *arena,
				    struct node *ret_root, struct err *e);

/*
 * document_read_file -- by the ending: .json is JSON, all else YAML.  Messages begin with the
 * path.
 */
enum err_code document_read_file(const char *path, struct arena *arena, struct node *ret_root,
				 struct err *e);

/*
 * file_read -- a whole file of at most `most` bytes.  Fails: ERR_NOT_FOUND, ERR_IO,
 * ERR_TOO_LARGE.
 */
enum err_code file_read(const char *path, size_t most, struct arena *arena, char **ret_text,
			size_t *ret_length, struct err *e);

/* node_get -- the member's value, or NULL; NULL when `map` is NULL or no map. */
const struct node *node_get(const struct node *map, const char *key);

/* node_text -- the member's text, or `otherwise` when it is not there or no text. */
const char *node_text(const struct node *map, const char *key, const char *otherwise);
int64_t node_int(const struct node *map, const char *key, int64_t otherwise);
bool node_bool(const struct node *map, const char *key, bool otherwise);

/* "text", "list", "map", "number" ...: with an article, for messages. */
const char *node_kind_name(enum node_kind kind);

/* node_equal -- the same values; maps in any order; 1 and 1.0 differ. */
bool node_equal(const struct node *a, const struct node *b);

#endif
