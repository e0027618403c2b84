/*
 * explain_tree.c -- first all lines, to know where the values' column begins, then written.
 */
#include "explain_tree.h"

#include <string.h>

#include "width.h"

enum {
	INDENT = 2,
	MOST_TEXT = 72,    /* cells of what has parts below, where nothing else limits it */
	MOST_VALUE = 200,  /* bytes */
	VALUE_SHARE = 3,   /* a third of a terminal at least is for values */
	GAPS = 4,          /* cells before a value, and for the mark behind it */
	USUAL_VALUE = 100, /* cells, where the output is no terminal */
};

struct line {
	const char *branches, *text; /* plain */
	const char *value;           /* NULL: it was not needed */
	size_t width;                /* of branches and text */
	bool blamed, failed, composite;
};

struct drawing {
	struct arena *arena;
	struct line *lines;
	size_t count, capacity;
};

const char *
explain_value(struct arena *arena, struct cel_value v, size_t most)
{
	CLEANUP(buf_done) struct buf out = {0};
	cel_format(v, most, &out);
	return text_plain_new(arena, out.data ? out.data : "");
}

static const char *
text_of(struct drawing *d, const struct cel_part *part)
{
	if (part->kind == PART_REST)
		return arena_printf(d->arena, "%u more %s", part->count,
				    part->count == 1 ? "item" : "items");
	return text_plain_new(d->arena, part->text);
}

static void
add_line(struct drawing *d, const struct cel_part *part, const char *branches)
{
	bool has_value = part->kind == PART_STEP || part->kind == PART_ROUND;
	d->lines = arena_grow(d->arena, d->lines, d->count, &d->capacity, sizeof *d->lines);
	struct line *l = &d->lines[d->count++];
	*l = (struct line){
	    .branches = branches,
	    .text = text_of(d, part),
	    .value = has_value ? explain_value(d->arena, part->value, MOST_VALUE) : NULL,
	    .blamed = part->blamed,
	    .failed = has_value && part->value.kind == CEL_ERROR,
	    .composite = part->parts != NULL,
	};
	if (part->kind == PART_SKIPPED)
		l->value = "not evaluated";
	else if (part->kind == PART_REST)
		l->value = "";
	l->width = text_width(branches) + text_width(l->text);
}

static void
add_parts(struct drawing *d, const struct cel_part *whole, const char *above)
{
	for (const struct cel_part *p = whole->parts; p; p = p->next) {
		const char *branch = p->next ? "├─ " : "└─ ", *below = p->next ? "│  " : "   ";
		add_line(d, p, arena_printf(d->arena, "%s%s", above, branch));
		add_parts(d, p, arena_printf(d->arena, "%s%s", above, below));
	}
}

/* The column of the values: behind the longest line, as far as the screen allows. */
static size_t
value_column(const struct drawing *d, const struct screen *s)
{
	size_t widest = 0, most = MOST_TEXT;
	if (s->width > 0)
		most = s->width - s->width / VALUE_SHARE - INDENT - GAPS;
	for (size_t i = 0; i < d->count; i++) {
		const struct line *l = &d->lines[i];
		size_t width = l->composite && l->width > MOST_TEXT ? MOST_TEXT : l->width;
		if (width > widest)
			widest = width;
	}
	return widest > most ? most : widest;
}

static void
write_line(const struct screen *s, const struct line *l, size_t column, struct buf *out)
{
	CLEANUP(buf_done) struct buf text = {0};
	bool cut = l->width > column && (s->width || l->composite);
	size_t branches = text_width(l->branches), room = column > branches ? column - branches : 0;
	size_t used = branches + text_cut(&text, l->text, cut ? room : l->width);
	size_t taken = INDENT + GAPS + (used > column ? used : column);
	size_t left = !s->width ? USUAL_VALUE : s->width > taken ? s->width - taken : 1;
	bool skipped = l->value && strcmp(l->value, "not evaluated") == 0;
	text_fill(out, INDENT);
	paint(s, out, DIM, l->branches);
	paint(s, out, skipped ? DIM : l->blamed ? BOLD : PLAIN, text.data ? text.data : "");
	if (!*l->value) {
		buf_char(out, '\n');
		return;
	}
	text_fill(out, used < column ? column - used + 2 : 2);
	CLEANUP(buf_done) struct buf value = {0};
	text_cut(&value, l->value, left);
	paint(s, out, skipped ? DIM : l->blamed || l->failed ? RED : PLAIN, value.data);
	if (l->blamed)
		paint(s, out, RED, " ◀");
	buf_char(out, '\n');
}

void
explain_tree_write(const struct screen *s, const struct cel_part *whole, struct arena *arena,
		   struct buf *out)
{
	struct drawing d = {.arena = arena};
	add_line(&d, whole, "");
	add_parts(&d, whole, "");
	size_t column = value_column(&d, s);
	for (size_t i = 0; i < d.count; i++)
		write_line(s, &d.lines[i], column, out);
}

/* ---- JSON ---- */

static void
write_value(const struct cel_part *part, struct json *out)
{
	CLEANUP(buf_done) struct buf text = {0};
	bool failed = part->value.kind == CEL_ERROR;
	cel_format(part->value, MOST_VALUE, &text);
	json_member_text(out, failed ? "error" : "value",
			 failed && part->value.error ? part->value.error->message : text.data);
}

void
explain_tree_json(const struct cel_part *whole, struct json *out)
{
	json_begin_map(out);
	if (whole->kind == PART_REST) {
		json_member_int(out, "more", whole->count);
		json_end_map(out);
		return;
	}
	json_member_text(out, whole->kind == PART_ROUND ? "round" : "text", whole->text);
	json_member_bool(out, "evaluated", whole->kind != PART_SKIPPED);
	if (whole->kind != PART_SKIPPED)
		write_value(whole, out);
	json_member_bool(out, "blamed", whole->blamed);
	json_key(out, "parts");
	json_begin_list(out);
	for (const struct cel_part *p = whole->parts; p; p = p->next)
		explain_tree_json(p, out);
	json_end_list(out);
	json_end_map(out);
}
