/*
 * reader.h -- what document.c hands to the readers of text.
 */
#ifndef WEFT_BASE_READER_H
#define WEFT_BASE_READER_H

#include "document.h"

/* A text without byte order mark, known to be UTF-8 without NUL and within the limit of bytes. */
struct reading {
	const char *text;
	size_t length;
	struct document_limits limits;
	struct arena *arena; /* the tree goes here */
};

enum err_code read_yaml(const struct reading *in, struct node *ret_root, struct err *e);
enum err_code read_json(const struct reading *in, struct node *ret_root, struct err *e);

/* False, and nothing is said, for what json.h did not write. */
bool read_compact(const struct reading *in, struct node *ret_root);

/* The place of the byte at `offset`; a line ends with LF, CR LF or a CR alone. */
struct position place_of(const char *text, size_t length, size_t offset);

/*
 * members_by_key -- a map's members by the bytes of their keys, equal ones in their order; the
 * caller's to free().
 */
const struct member **members_by_key(const struct node *map);

#endif
