/*
 * document.c -- what both formats share: limits, the checks of bytes, files, and looking into a
 * tree.
 *
 * Reads from the text inwards: bytes, then the format's own reader (read_yaml.c, read_json.c,
 * read_compact.c), then the node_* helpers.
 */
#include "document.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reader.h"
#include "utf8.h"

const struct document_limits document_default_limits = {
    .bytes = (size_t)4 << 20,
    .nodes = 200000,
    .depth = 64,
};

enum document_format
document_format_of(const char *media_type)
{
	return strcmp(media_type, "application/json") == 0 ? DOCUMENT_JSON : DOCUMENT_YAML;
}

/*
 * Trees are walked by recursion, also by others: no limit of a caller goes beyond what a thread's
 * stack bears.
 */
enum { DEEPEST = 1000 };

struct position
place_of(const char *text, size_t length, size_t offset)
{
	struct position at = {1, 1};
	for (size_t i = 0; i < offset && i < length; i++) {
		bool is_tail = ((unsigned char)text[i] & 0xC0) == 0x80;
		bool is_end = text[i] == '\n' ||
			      (text[i] == '\r' && (i + 1 == length || text[i + 1] != '\n'));
		if (is_end)
			at = (struct position){at.line + 1, 1};
		else if (!is_tail && text[i] != '\r')
			at.column++;
	}
	return at;
}

static enum err_code
check_bytes(const struct reading *in, struct err *e)
{
	size_t good = utf8_check(in->text, in->length);
	if (good < in->length)
		return ERR_AT(e, MALFORMED, place_of(in->text, in->length, good),
			      "the byte 0x%02X is not UTF-8; save the text as UTF-8",
			      (unsigned char)in->text[good]);
	const char *nul = memchr(in->text, '\0', in->length);
	if (nul)
		return ERR_AT(e, MALFORMED,
			      place_of(in->text, in->length, (size_t)(nul - in->text)),
			      "a NUL byte; texts cannot hold one");
	return ERR_OK;
}

static enum err_code
begin_reading(const char *text, size_t length, const struct document_limits *limits,
	      struct arena *arena, struct reading *ret_in, struct err *e)
{
	struct reading in = {text ? text : "", length, limits ? *limits : document_default_limits,
			     arena};
	if (in.limits.depth > DEEPEST)
		in.limits.depth = DEEPEST;
	if (length > in.limits.bytes || length > UINT32_MAX)
		return ERR(e, TOO_LARGE, "the document has %zu bytes; at most %zu are read", length,
			   in.limits.bytes);
	if (length >= 3 && memcmp(in.text, "\xEF\xBB\xBF", 3) == 0) {
		in.text += 3;
		in.length -= 3;
	}
	*ret_in = in;
	return check_bytes(&in, e);
}

enum err_code
document_read(enum document_format format, const char *text, size_t length,
	      const struct document_limits *limits, struct arena *arena, struct node *ret_root,
	      struct err *e)
{
	struct reading in;
	enum err_code code = begin_reading(text, length, limits, arena, &in, e);
	if (code)
		return code;
	return format == DOCUMENT_JSON ? read_json(&in, ret_root, e) : read_yaml(&in, ret_root, e);
}

enum err_code
document_read_compact(const char *text, size_t length, const struct document_limits *limits,
		      struct arena *arena, struct node *ret_root, struct err *e)
{
	struct reading in;
	enum err_code code = begin_reading(text, length, limits, arena, &in, e);
	if (code)
		return code;
	return read_compact(&in, ret_root) ? ERR_OK : read_json(&in, ret_root, e);
}

static void
close_file(const int *file)
{
	if (*file >= 0)
		close(*file);
}

/* Reads to the end, or to `room` bytes; gives how many there were, or -1. */
static ssize_t
read_all(int file, char *bytes, size_t room)
{
	size_t length = 0;
	while (length < room) {
		ssize_t n = read(file, bytes + length, room - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

/* Pipes and /proc say that their size is 0: then there is room for all that may come. */
static size_t
room_for(int file, size_t most)
{
	struct stat s;
	bool has_size = fstat(file, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0;
	return has_size && (uint64_t)s.st_size < most ? (size_t)s.st_size : most;
}

enum err_code
file_read(const char *path, size_t most, struct arena *arena, char **ret_text, size_t *ret_length,
	  struct err *e)
{
	CLEANUP(close_file) int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return err_errno(e, errno, "%s", path);
	size_t room = room_for(file, most) + 1; /* one more shows that the file goes on */
	char *text = arena_alloc(arena, room + 1);
	ssize_t length = read_all(file, text, room);
	if (length < 0)
		return err_errno(e, errno, "%s", path);
	if ((size_t)length > most)
		return ERR(e, TOO_LARGE, "%s: the file is larger than %zu bytes", path, most);
	if ((size_t)length == room)
		return ERR(e, IO, "%s: the file grew while it was read", path);
	*ret_text = text;
	*ret_length = (size_t)length;
	return ERR_OK;
}

static enum document_format
format_of(const char *path)
{
	size_t length = strlen(path);
	return length >= 5 && strcmp(path + length - 5, ".json") == 0 ? DOCUMENT_JSON
								      : DOCUMENT_YAML;
}

enum err_code
document_read_file(const char *path, struct arena *arena, struct node *ret_root, struct err *e)
{
	char *text = NULL;
	size_t length = 0;
	enum err_code code =
	    file_read(path, document_default_limits.bytes, arena, &text, &length, e);
	if (code)
		return code;
	code = document_read(format_of(path), text, length, NULL, arena, ret_root, e);
	return code ? err_while(e, "%s", path) : ERR_OK;
}

const struct node *
node_get(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->count; i++)
		if (strcmp(map->members[i].key, key) == 0)
			return &map->members[i].value;
	return NULL;
}

const char *
node_text(const struct node *map, const char *key, const char *otherwise)
{
	const struct node *n = node_get(map, key);
	return n && n->kind == NODE_TEXT ? n->text : otherwise;
}

int64_t
node_int(const struct node *map, const char *key, int64_t otherwise)
{
	const struct node *n = node_get(map, key);
	return n && n->kind == NODE_INT ? n->integer : otherwise;
}

bool
node_bool(const struct node *map, const char *key, bool otherwise)
{
	const struct node *n = node_get(map, key);
	return n && n->kind == NODE_BOOL ? n->boolean : otherwise;
}

const char *
node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
	    [NODE_NULL] = "nothing",  [NODE_BOOL] = "true or false", [NODE_INT] = "a whole number",
	    [NODE_REAL] = "a number", [NODE_TEXT] = "a text",        [NODE_LIST] = "a list",
	    [NODE_MAP] = "a map",
	};
	return names[kind];
}

static bool
lists_are_equal(const struct node *a, const struct node *b)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (!node_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct member *const *left = a, *const *right = b;
	int order = strcmp((*left)->key, (*right)->key);
	return order ? order : (*left > *right) - (*left < *right);
}

const struct member **
members_by_key(const struct node *map)
{
	const struct member **sorted = memory_alloc(map->count * sizeof(struct member *));
	for (uint32_t i = 0; i < map->count; i++)
		sorted[i] = &map->members[i];
	qsort(sorted, map->count, sizeof(struct member *), compare_keys);
	return sorted;
}

static bool
sorted_maps_are_equal(const struct node *a, const struct node *b)
{
	const struct member **left = members_by_key(a), **right = members_by_key(b);
	bool is_equal = true;
	for (uint32_t i = 0; i < a->count && is_equal; i++)
		is_equal = strcmp(left[i]->key, right[i]->key) == 0 &&
			   node_equal(&left[i]->value, &right[i]->value);
	free(left);
	free(right);
	return is_equal;
}

/*
 * Mostly the order is the same as well; where it is not, sorting keeps a hostile pair of maps
 * from costing a square.
 */
static bool
maps_are_equal(const struct node *a, const struct node *b)
{
	for (uint32_t i = 0; i < a->count; i++) {
		const struct member *left = &a->members[i], *right = &b->members[i];
		if (strcmp(left->key, right->key) != 0)
			return sorted_maps_are_equal(a, b);
		if (!node_equal(&left->value, &right->value))
			return false;
	}
	return true;
}

bool
node_equal(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	switch (a->kind) {
	case NODE_NULL:
		return true;
	case NODE_BOOL:
		return a->boolean == b->boolean;
	case NODE_INT:
		return a->integer == b->integer;
	case NODE_REAL:
		return a->real == b->real;
	case NODE_TEXT:
		return memcmp(a->text, b->text, a->count) == 0;
	case NODE_LIST:
		return lists_are_equal(a, b);
	case NODE_MAP:
		return maps_are_equal(a, b);
	}
	return false;
}
