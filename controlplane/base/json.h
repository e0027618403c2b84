/*
 * json.h -- JSON written piece by piece into a buffer.
 *
 *     struct json j = { .out = &b };
 *     json_begin_map(&j);
 *     json_member_text(&j, "name", p->name);
 *     json_key(&j, "columns");
 *     json_begin_list(&j);
 *     ...
 *     json_end_list(&j);
 *     json_end_map(&j);
 *
 * Compact, members in the order they are written, characters beyond ASCII as they are.  What
 * json_node() writes, read and written again, gives the same bytes: event bodies rely on it.
 */
#ifndef WEFT_BASE_JSON_H
#define WEFT_BASE_JSON_H

#include "base/buf.h"
#include "base/document.h"

struct json {
	struct buf *out; /* not owned */
	bool comma;      /* something stands before, on this level */
};

void json_begin_map(struct json *j);
void json_end_map(struct json *j);
void json_begin_list(struct json *j);
void json_end_list(struct json *j);
void json_key(struct json *j, const char *key);

void json_text(struct json *j, const char *text); /* NULL is written as null */
void json_int(struct json *j, int64_t n);
void json_real(struct json *j,
	       double n); /* the shortest text that reads back the same; 1.0 stays 1.0 */
void json_bool(struct json *j, bool b);
void json_null(struct json *j);
void json_node(struct json *j, const struct node *n);
void json_raw(struct json *j, const char *json, size_t length); /* one value that is JSON already */

void json_member_text(struct json *j, const char *key, const char *text);
void json_member_int(struct json *j, const char *key, int64_t n);
void json_member_bool(struct json *j, const char *key, bool b);
void json_member_time(struct json *j, const char *key, int64_t moment); /* RFC 3339; 0 is null */

/* json_quote -- one text with its quotes. */
void json_quote(struct buf *out, const char *text, size_t length);

/* json_canonical -- sorted keys (by bytes), compact: equal trees give equal bytes.  For hashes. */
void json_canonical(struct buf *out, const struct node *n);

/* json_pretty -- with line ends and two spaces a level, for people. */
void json_pretty(struct buf *out, const struct node *n);

#endif
