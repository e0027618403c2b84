/*
 * dialect.c -- migrations are written once, in SQLite's words for types; other databases have them
 * translated, word by word.
 */
#include "dialect.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

extern const struct embedded_file catalog_migrations_postgres[];

struct word {
	const char *sqlite, *other;
};

/* SQLite compares texts byte by byte, and so must every list by name: hence the collation. */
static const struct word postgres_words[] = {
    {"INTEGER", "BIGINT"},
    {"BLOB", "BYTEA"},
    {"REAL", "DOUBLE PRECISION"},
    {"TEXT", "TEXT COLLATE \"C\""},
    {"WITHOUT", ""}, /* ROWID */
    {"ROWID", ""},
    {0},
};

static const struct {
	const struct word *words;            /* NULL: as it is written */
	const struct embedded_file *instead; /* files that take the place of those of their name */
} dialects[] = {
    [DIALECT_SQLITE] = {NULL, NULL},
    [DIALECT_POSTGRES] = {postgres_words, catalog_migrations_postgres},
};

static const char *
leaf(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static const char *
find_instead(const struct embedded_file *files, const char *name)
{
	for (; files && files->name; files++)
		if (strcmp(leaf(files->name), leaf(name)) == 0)
			return files->data;
	return NULL;
}

/* What is copied at once: a comment, a text in quotes, a word, or one character. */
static size_t
piece_length(const char *sql)
{
	size_t n = 1;
	if (strncmp(sql, "--", 2) == 0)
		return strcspn(sql, "\n");
	if (*sql == '\'' || *sql == '"') {
		size_t inside = strcspn(sql + 1, *sql == '\'' ? "'" : "\"");
		return sql[1 + inside] ? inside + 2 : inside + 1;
	}
	if (!isalpha((unsigned char)*sql))
		return 1;
	while (isalnum((unsigned char)sql[n]) || sql[n] == '_')
		n++;
	return n;
}

static void
copy_piece(struct buf *out, const struct word *words, const char *piece, size_t length)
{
	for (const struct word *w = words; w->sqlite; w++)
		if (strlen(w->sqlite) == length && memcmp(w->sqlite, piece, length) == 0) {
			buf_text(out, w->other);
			return;
		}
	buf_append(out, piece, length);
}

const char *
dialect_migration(enum dialect dialect, const struct embedded_file *file, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct word *words = dialects[dialect].words;
	const char *instead = find_instead(dialects[dialect].instead, file->name);
	if (instead || !words)
		return instead ? instead : file->data;
	for (const char *p = file->data; *p;) {
		size_t length = piece_length(p);
		copy_piece(&out, words, p, length);
		p += length;
	}
	return arena_bytes(arena, out.data, out.length);
}
