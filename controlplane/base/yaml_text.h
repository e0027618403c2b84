/*
 * yaml_text.h -- where the texts of a YAML document stand and how they are written: for whoever
 * points into one, or changes one and leaves the rest of the file as it is.
 *
 *     expression: |            pointer "/expression", TEXT_LITERAL, from the '|' to the end of
 *       a &&                   the last line
 *       b
 */
#ifndef WEFT_BASE_YAML_TEXT_H
#define WEFT_BASE_YAML_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum text_style {
	TEXT_PLAIN,
	TEXT_SINGLE,  /* '...' */
	TEXT_DOUBLE,  /* "..." */
	TEXT_LITERAL, /* a block behind | */
	TEXT_FOLDED,  /* a block behind > */
};

struct yaml_text {
	const char *pointer; /* JSON Pointer (RFC 6901) */
	enum text_style style;
	size_t start, end; /* bytes of the document: quotes and the sign of a block are within */
	bool decorated;    /* an anchor or a tag stands before it, within the bytes */
	bool in_flow;      /* inside of [...] or {...}, where no block can stand */
	const char *value; /* what it says */
	size_t length;
};

/*
 * yaml_texts -- every scalar that is a value, in the order of the document.  Lives in `arena`.
 * Fails: ERR_MALFORMED.
 */
enum err_code yaml_texts(const char *document, size_t length, struct arena *arena,
			 struct yaml_text **ret_texts, size_t *ret_count, struct err *e);

/* yaml_text_find -- the one at the pointer, or NULL. */
const struct yaml_text *yaml_text_find(const struct yaml_text *texts, size_t count,
				       const char *pointer);

/*
 * yaml_text_place -- where byte `offset` of what the text says stands in the document, by counting
 * the characters that are no spaces: those are the same, however a text is broken into lines.  The
 * end is behind the last of them, and not where a block's last line ends.
 */
size_t yaml_text_place(const struct yaml_text *t, const char *document, size_t offset);

/* yaml_position -- line and column of a byte. */
struct position yaml_position(const char *document, size_t offset);

#endif
