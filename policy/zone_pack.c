/*
 * zone_pack FOLDER OUTPUT -- a tool of the build: the compiled time zones of a folder
 * (/usr/share/zoneinfo of Debian's tzdata) as a table in C (cel/zone_table.h).
 *
 * Source of the files' format: RFC 9636 (TZif), of which the second block with its 64-bit times and
 * the footer is taken.  Changes that the footer's rule gives as well are left out; zones with the
 * same content are written once; `localtime`, `posixrules` and the folders `posix` and `right`
 * depend on the machine or repeat the others, and are passed over.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/document.h"
#include "cel/zone_rule.h"
#include "cel/zone_table.h"

enum { MOST_BYTES = 1 << 20, HEADER = 44, MOST_CHANGES = 4096, WEEK = 7 * 86400 };

struct change {
	int64_t at;
	int64_t offset; /* from then on */
};

/* A zone of the folder, in memory. */
struct source {
	const char *name;
	int64_t first; /* the offset before any change */
	struct change *changes;
	size_t count;
	const char *rule;
	struct zone_rule parsed;
	uint32_t data;
};

struct sources {
	struct arena arena;
	struct source *items;
	size_t count, capacity;
	struct buf data; /* zone_data */
};

NORETURN static void
die(const char *what, const char *about)
{
	fprintf(stderr, "zone_pack: %s: %s\n", about, what);
	exit(EXIT_FAILURE);
}

/* ---- reading TZif ---- */

struct reader {
	const unsigned char *next, *end;
	const char *name;
};

static uint64_t
read_big_endian(struct reader *r, size_t bytes)
{
	uint64_t n = 0;
	if ((size_t)(r->end - r->next) < bytes)
		die("the file ends too early", r->name);
	while (bytes-- > 0)
		n = n << 8 | *r->next++;
	return n;
}

static void
skip_bytes(struct reader *r, uint64_t bytes)
{
	if ((uint64_t)(r->end - r->next) < bytes)
		die("the file ends too early", r->name);
	r->next += bytes;
}

struct counts {
	uint32_t is_ut, is_standard, leaps, changes, types, letters;
};

static struct counts
read_header(struct reader *r)
{
	struct counts c;
	skip_bytes(r, 20);
	c.is_ut = (uint32_t)read_big_endian(r, 4);
	c.is_standard = (uint32_t)read_big_endian(r, 4);
	c.leaps = (uint32_t)read_big_endian(r, 4);
	c.changes = (uint32_t)read_big_endian(r, 4);
	c.types = (uint32_t)read_big_endian(r, 4);
	c.letters = (uint32_t)read_big_endian(r, 4);
	return c;
}

static void
skip_first_block(struct reader *r)
{
	struct counts c = read_header(r);
	skip_bytes(r, (uint64_t)c.changes * 5 + (uint64_t)c.types * 6 + c.letters +
			  (uint64_t)c.leaps * 8 + c.is_standard + c.is_ut);
}

/* The offsets of the types, behind the times and their type numbers. */
static void
read_changes(struct reader *r, struct counts c, struct arena *arena, struct source *s)
{
	if (c.types == 0 || c.types > UINT8_MAX || c.changes > MOST_CHANGES || c.leaps > 0)
		die("not a zone as this program expects it", r->name);
	s->changes = ARENA_ARRAY(arena, struct change, c.changes);
	s->count = c.changes;
	for (uint32_t i = 0; i < c.changes; i++)
		s->changes[i].at = (int64_t)read_big_endian(r, 8);
	const unsigned char *numbers = r->next;
	skip_bytes(r, c.changes);
	int64_t offsets[UINT8_MAX] = {0};
	for (uint32_t i = 0; i < c.types; i++) {
		offsets[i] = (int32_t)(uint32_t)read_big_endian(r, 4);
		skip_bytes(r, 2);
	}
	s->first = offsets[0];
	for (uint32_t i = 0; i < c.changes; i++)
		s->changes[i].offset = offsets[numbers[i]];
	skip_bytes(r, (uint64_t)c.letters + c.is_standard + c.is_ut);
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n" */
static void
read_footer(struct reader *r, struct arena *arena, struct source *s)
{
	skip_bytes(r, 1);
	const unsigned char *end = memchr(r->next, '\n', (size_t)(r->end - r->next));
	if (!end)
		die("no footer", r->name);
	s->rule = arena_bytes(arena, r->next, (size_t)(end - r->next));
	if (!zone_rule_parse(s->rule, &s->parsed))
		die("a footer that is not understood", r->name);
}

static bool
read_zone(const char *path, const char *name, struct arena *arena, struct source *ret_source)
{
	char *bytes;
	size_t length;
	struct err e;
	if (file_read(path, MOST_BYTES, arena, &bytes, &length, &e))
		die(e.message, path);
	if (length < HEADER || memcmp(bytes, "TZif", 4) != 0)
		return false; /* a text among the zones */
	if (bytes[4] < '2')
		die("without 64-bit times", path);
	struct reader r = {(unsigned char *)bytes, (unsigned char *)bytes + length, path};
	struct source s = {.name = name};
	skip_first_block(&r);
	read_changes(&r, read_header(&r), arena, &s);
	read_footer(&r, arena, &s);
	*ret_source = s;
	return true;
}

/* ---- the folder ---- */

static bool
is_passed_over(const char *name)
{
	static const char *const names[] = {"posix", "right", "localtime", "posixrules", "Factory"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void
read_folder(struct sources *all, const char *path, const char *prefix)
{
	DIR *dir = opendir(path);
	if (!dir)
		die("there is no such folder (Debian's package is tzdata)", path);
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct stat status;
		const char *inner = arena_printf(&all->arena, "%s/%s", path, entry->d_name);
		const char *name = arena_printf(&all->arena, "%s%s", prefix, entry->d_name);
		struct source s;
		if (entry->d_name[0] == '.' || is_passed_over(name) || stat(inner, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode)) {
			read_folder(all, inner, arena_printf(&all->arena, "%s/", name));
			continue;
		}
		if (!read_zone(inner, name, &all->arena, &s))
			continue;
		all->items = arena_grow(&all->arena, all->items, all->count, &all->capacity,
					sizeof *all->items);
		all->items[all->count++] = s;
	}
	closedir(dir);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

/* The release, from the first line of tzdata.zi: "# version 2025b". */
static const char *
read_release(struct arena *arena, const char *folder)
{
	static const char start[] = "# version ";
	char *text;
	size_t length;
	struct err e;
	const char *path = arena_printf(arena, "%s/tzdata.zi", folder);
	if (file_read(path, MOST_BYTES, arena, &text, &length, &e))
		die(e.message, path);
	if (strncmp(text, start, strlen(start)) != 0)
		die("its first line does not say '# version'", path);
	text += strlen(start);
	return arena_bytes(arena, text, strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"));
}

/* ---- packing ---- */

/* Whether the rule gives the offset from one moment up to another; it never changes for less than a
 * week. */
static bool
rule_covers(const struct source *s, int64_t from, int64_t to, int64_t offset)
{
	for (int64_t t = from; t < to; t += WEEK)
		if (zone_rule_offset(&s->parsed, t) != offset)
			return false;
	return zone_rule_offset(&s->parsed, to - 1) == offset;
}

/* Changes to what holds already, and those at the end that the rule gives as well. */
static void
drop_needless(struct source *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++) {
		int64_t before = kept ? s->changes[kept - 1].offset : s->first;
		if (s->changes[i].offset != before)
			s->changes[kept++] = s->changes[i];
	}
	s->count = kept;
	while (s->count >= 2) {
		const struct change *last = &s->changes[s->count - 1], *before = last - 1;
		if (zone_rule_offset(&s->parsed, last->at) != last->offset ||
		    !rule_covers(s, before->at, last->at, before->offset))
			break;
		s->count--;
	}
}

static void
put_number(struct buf *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_char(out, (char)(n | 0x80));
	buf_char(out, (char)n);
}

static void
put_signed(struct buf *out, int64_t n)
{
	put_number(out, n < 0 ? (uint64_t)(-(n + 1)) << 1 | 1 : (uint64_t)n << 1);
}

/* The number of the offset among those of the zone; it is added when it is new. */
static unsigned char
number_of(int64_t offsets[UINT8_MAX], unsigned char *count, int64_t offset, const char *name)
{
	for (unsigned char i = 0; i < *count; i++)
		if (offsets[i] == offset)
			return i;
	if (*count == UINT8_MAX)
		die("too many offsets", name);
	offsets[*count] = offset;
	return (*count)++;
}

static void
pack(const struct source *s, struct buf *out)
{
	int64_t offsets[UINT8_MAX], at = ZONE_START;
	unsigned char count = 0;
	number_of(offsets, &count, s->first, s->name);
	for (size_t i = 0; i < s->count; i++)
		number_of(offsets, &count, s->changes[i].offset, s->name);
	buf_append(out, s->rule, strlen(s->rule) + 1);
	buf_char(out, (char)count);
	for (unsigned char i = 0; i < count; i++)
		put_signed(out, offsets[i]);
	put_number(out, s->count);
	for (size_t i = 0; i < s->count; i++) {
		if (s->changes[i].at <= at)
			die("changes out of order", s->name);
		uint64_t span = (uint64_t)(s->changes[i].at - at);
		bool is_quarters = span % ZONE_QUARTER == 0;
		uint64_t number = is_quarters ? span / ZONE_QUARTER << 1 : span << 1 | 1;
		put_number(out, number * count +
				    number_of(offsets, &count, s->changes[i].offset, s->name));
		at = s->changes[i].at;
	}
}

static void
pack_all(struct sources *all)
{
	for (size_t i = 0; i < all->count; i++) {
		CLEANUP(buf_done) struct buf packed = {0};
		struct source *s = &all->items[i];
		drop_needless(s);
		pack(s, &packed);
		const char *same = all->data.length ? memmem(all->data.data, all->data.length,
							     packed.data, packed.length)
						    : NULL;
		s->data = (uint32_t)(same ? (size_t)(same - all->data.data) : all->data.length);
		if (!same)
			buf_append(&all->data, packed.data, packed.length);
	}
}

/* ---- writing ---- */

static void
write_names(const struct sources *all, FILE *out)
{
	uint32_t at = 0;
	fprintf(out, "const struct zone zones[] = {\n");
	for (size_t i = 0; i < all->count; i++) {
		fprintf(out, "\t{%u, %u},\n", at, all->items[i].data);
		at += (uint32_t)strlen(all->items[i].name) + 1;
	}
	fprintf(out, "};\nconst size_t zone_count = %zu;\n\nconst char zone_names[] =\n",
		all->count);
	for (size_t i = 0; i < all->count; i++)
		fprintf(out, "\t\"%s\\0\"\n", all->items[i].name);
	fprintf(out, "\t\"\";\n\n");
}

static void
write_table(const struct sources *all, const char *release, FILE *out)
{
	fprintf(out, "/* Made by zone_pack.c of tzdata %s; do not change. */\n", release);
	fprintf(out, "#include \"cel/zone.h\"\n#include \"cel/zone_table.h\"\n\n");
	fprintf(out, "const char zone_release[] = \"%s\";\n\n", release);
	write_names(all, out);
	fprintf(out, "const unsigned char zone_data[] = {");
	for (size_t i = 0; i < all->data.length; i++)
		fprintf(out, "%s%u,", i % 24 ? "" : "\n\t", (unsigned char)all->data.data[i]);
	fprintf(out, "\n};\n");
}

static void
sources_done(struct sources *all)
{
	buf_done(&all->data);
	arena_done(&all->arena);
}

int
main(int argc, char **argv)
{
	CLEANUP(sources_done) struct sources all = {0};
	if (argc != 3)
		die("usage: zone_pack FOLDER OUTPUT", "arguments");
	read_folder(&all, argv[1], "");
	if (all.count == 0)
		die("no zones", argv[1]);
	qsort(all.items, all.count, sizeof *all.items, compare_names);
	pack_all(&all);
	FILE *out = fopen(argv[2], "w");
	if (!out)
		die("cannot be written", argv[2]);
	write_table(&all, read_release(&all.arena, argv[1]), out);
	if (fclose(out) != 0)
		die("cannot be written", argv[2]);
	return EXIT_SUCCESS;
}
