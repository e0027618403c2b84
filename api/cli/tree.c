/*
 * tree.c -- three steps: index the graph, walk it into lines, write the lines aligned.
 */
#include "tree.h"

#include <string.h>

#include "base/map.h"

#include "width.h"

enum { DEEPEST = 500 }; /* levels that are drawn; the server's limit is far below */

struct link;

struct vertex {
	const char *id, *name, *domain, *kind;
	bool external, missing, drawn, on_the_way;
	struct link *links; /* to what is drawn below it, in the order of the edges */
	struct link **last;
};

/* All edges between the same two, as one. */
struct link {
	struct vertex *to;
	const char *kind, *transform;
	bool masking;
	struct link *next;
};

struct line {
	const char *label; /* branches and name */
	size_t branches;   /* bytes of `label` that are branches */
	const char *domain, *mark;
	const struct link *link; /* NULL for the root */
	enum paint paint;
};

struct drawing {
	struct arena *arena;
	const struct node *graph;
	enum tree_direction direction;
	struct map vertices; /* by id */
	struct line *lines;
	size_t count, capacity;
};

static const char *
name_of_id(const char *id)
{
	const char *colon = strchr(id, ':');
	return colon ? colon + 1 : id;
}

/*
 * An edge may name a node that the answer has no room for: it becomes one that nothing is known of.
 */
static struct vertex *
vertex_of(struct drawing *d, const char *id)
{
	struct vertex *v = map_get(&d->vertices, id);
	if (!v) {
		v = ARENA_NEW(d->arena, struct vertex);
		*v = (struct vertex){
		    .id = id, .name = name_of_id(id), .domain = "", .kind = "", .missing = true};
		v->last = &v->links;
		map_put(&d->vertices, id, v);
	}
	return v;
}

static void
index_nodes(struct drawing *d)
{
	const struct node *nodes = node_get(d->graph, "nodes");
	for (size_t i = 0; nodes && nodes->kind == NODE_LIST && i < nodes->count; i++) {
		const struct node *n = &nodes->items[i];
		const char *id = node_text(n, "id", NULL);
		if (!id)
			continue;
		struct vertex *v = vertex_of(d, id);
		v->missing = false;
		v->name = node_text(n, "name", v->name);
		v->domain = node_text(n, "domain", "");
		v->kind = node_text(n, "kind", "");
		v->external = node_bool(n, "external", false);
	}
}

static struct link *
link_between(struct drawing *d, struct vertex *from, struct vertex *to)
{
	for (struct link *l = from->links; l; l = l->next)
		if (l->to == to)
			return l;
	struct link *l = ARENA_NEW(d->arena, struct link);
	l->to = to;
	*from->last = l;
	from->last = &l->next;
	return l;
}

/* What two edges between the same nodes say of the transform, side by side. */
static const char *
joined(struct arena *arena, const char *first, const char *second)
{
	if (!first || !second || !strcmp(first, second))
		return first ? first : second;
	return arena_printf(arena, "%s; %s", first, second);
}

static void
index_edges(struct drawing *d)
{
	const struct node *edges = node_get(d->graph, "edges");
	for (size_t i = 0; edges && edges->kind == NODE_LIST && i < edges->count; i++) {
		const struct node *edge = &edges->items[i];
		const char *from = node_text(edge, "from", NULL), *to = node_text(edge, "to", NULL);
		if (!from || !to)
			continue;
		const char *above = d->direction == TREE_UP ? to : from;
		const char *below = d->direction == TREE_UP ? from : to;
		struct link *l = link_between(d, vertex_of(d, above), vertex_of(d, below));
		const char *kind = node_text(edge, "kind", "declared");
		l->kind = joined(d->arena, l->kind, strcmp(kind, "declared") != 0 ? kind : NULL);
		l->transform = joined(d->arena, l->transform, node_text(edge, "transform", NULL));
		l->masking = l->masking || node_bool(edge, "masking", false);
	}
}

/*
 * Lineage by column that begins at a product: below it stand its columns, though no edge says so.
 */
static void
index_columns_of_root(struct drawing *d, struct vertex *root)
{
	const struct node *nodes = node_get(d->graph, "nodes");
	size_t length = strlen(root->name);
	if (strcmp(root->kind, "product") != 0 || root->links || !nodes || nodes->kind != NODE_LIST)
		return;
	for (size_t i = 0; i < nodes->count; i++) {
		const char *id = node_text(&nodes->items[i], "id", "");
		struct vertex *v = map_get(&d->vertices, id);
		if (v && !strcmp(v->kind, "column") && !strncmp(v->name, root->name, length) &&
		    v->name[length] == '#' && (v->links || d->direction == TREE_UP))
			link_between(d, root, v);
	}
}

static struct line *
add_line(struct drawing *d, const char *branches, const struct vertex *v, const struct link *link)
{
	d->lines = arena_grow(d->arena, d->lines, d->count, &d->capacity, sizeof *d->lines);
	struct line *line = &d->lines[d->count++];
	const char *name = text_plain_new(d->arena, v->name);
	bool foreign = v->external || v->missing;
	*line = (struct line){
	    .label = arena_printf(d->arena, "%s%s", branches, name),
	    .branches = strlen(branches),
	    .domain = text_plain_new(d->arena, v->external  ? "external"
					       : v->missing ? "not shown"
							    : v->domain),
	    .link = link,
	    .paint = foreign ? DIM
		     : link  ? PLAIN
			     : BOLD,
	};
	return line;
}

/*
 * `above` is what stands before the branches of the vertex's own children: "│  " for each parent
 * with more to come.
 */
static void
walk(struct drawing *d, struct vertex *v, const char *above, unsigned depth)
{
	v->drawn = v->on_the_way = true;
	for (const struct link *l = v->links; l; l = l->next) {
		const char *branches =
		    arena_printf(d->arena, "%s%s", above, l->next ? "├─ " : "└─ ");
		struct line *line = add_line(d, branches, l->to, l);
		if (l->to->on_the_way)
			line->mark = "cycle";
		else if (l->to->drawn)
			line->mark = "seen above";
		else if (depth == DEEPEST)
			line->mark = "goes on";
		else
			walk(d, l->to,
			     arena_printf(d->arena, "%s%s", above, l->next ? "│  " : "   "),
			     depth + 1);
	}
	v->on_the_way = false;
}

/* What is still free of a line; SIZE_MAX where nothing is cut. */
struct room {
	const struct screen *screen;
	struct buf *out;
	size_t left;
};

static void
put(struct room *room, enum paint paint, const char *text)
{
	if (!*text || room->left == 0)
		return;
	paint_begin(room->screen, room->out, paint);
	size_t used = text_cut(room->out, text, room->left);
	paint_end(room->screen, room->out, paint);
	room->left -= room->left == SIZE_MAX ? 0 : used;
}

static void
put_space(struct room *room, size_t count)
{
	if (count > room->left)
		count = room->left;
	text_fill(room->out, count);
	room->left -= room->left == SIZE_MAX ? 0 : count;
}

/* One of the notes at the end of a line. */
static void
put_note(struct room *room, bool *any, enum paint paint, const char *text)
{
	if (!text)
		return;
	put(room, DIM, *any ? " · " : "");
	put(room, paint, text);
	*any = true;
}

static void
put_notes(const struct drawing *d, struct room *room, const struct line *line)
{
	bool any = false;
	const struct link *l = line->link;
	if (l && l->transform)
		put_note(room, &any, PLAIN, text_plain_new(d->arena, l->transform));
	if (l && l->masking)
		put_note(room, &any, YELLOW, "masked");
	if (l && l->kind)
		put_note(room, &any, CYAN, text_plain_new(d->arena, l->kind));
	put_note(room, &any, DIM, line->mark);
}

/* ---- widths */

struct columns {
	size_t label, domain, notes;
};

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t
notes_width(const struct drawing *d, const struct line *line)
{
	static const struct screen plain = {0};
	CLEANUP(buf_done) struct buf scratch = {0};
	put_notes(d, &(struct room){&plain, &scratch, SIZE_MAX}, line);
	return scratch.length ? text_width(scratch.data) : 0;
}

static struct columns
measure(const struct drawing *d)
{
	struct columns c = {0};
	for (size_t i = 0; i < d->count; i++) {
		c.label = larger(c.label, text_width(d->lines[i].label));
		c.domain = larger(c.domain, text_width(d->lines[i].domain));
		c.notes = larger(c.notes, notes_width(d, &d->lines[i]));
	}
	return c;
}

/* Long names give way on a narrow screen, so that the beginning of every note can be seen. */
static void
narrow(struct columns *c, size_t width)
{
	enum { GAPS = 4, SHORT_NOTE = 30, LEAST_LABEL = 24 };
	size_t notes = c->notes < SHORT_NOTE ? c->notes : SHORT_NOTE;
	size_t rest = c->domain + notes + GAPS;
	size_t label = larger(LEAST_LABEL, width > rest ? width - rest : 0);
	if (c->label + c->domain + c->notes + GAPS > width && label < c->label)
		c->label = label;
}

/* ---- lines */

static void
write_line(const struct drawing *d, const struct screen *s, const struct line *line,
	   struct columns columns, struct buf *out)
{
	struct room room = {s, out, s->width ? s->width : SIZE_MAX};
	size_t start = out->length;
	const char *branches = arena_bytes(d->arena, line->label, line->branches);
	size_t used = text_width(branches);
	const char *name = text_cut_middle(d->arena, line->label + line->branches,
					   columns.label > used ? columns.label - used : 0);
	put(&room, DIM, branches);
	put(&room, line->paint, name);
	used += text_width(name);
	put_space(&room, used < columns.label ? columns.label - used + 2 : 2);
	put(&room, !strcmp(line->domain, "external") ? DIM : CYAN, line->domain);
	put_space(&room, columns.domain - text_width(line->domain) + 2);
	put_notes(d, &room, line);
	while (out->length > start && out->data[out->length - 1] == ' ')
		out->length--;
	buf_char(out, '\n');
}

size_t
tree_draw(const struct screen *s, const struct node *graph, enum tree_direction direction,
	  struct arena *arena, struct buf *out)
{
	struct drawing d = {
	    .arena = arena, .graph = graph, .direction = direction, .vertices = {.arena = arena}};
	index_nodes(&d);
	struct vertex *root = vertex_of(&d, node_text(graph, "root", ""));
	index_edges(&d);
	index_columns_of_root(&d, root);

	add_line(&d, "", root, NULL);
	walk(&d, root, "", 0);
	struct columns columns = measure(&d);
	if (s->width)
		narrow(&columns, s->width);
	for (size_t i = 0; i < d.count; i++)
		write_line(&d, s, &d.lines[i], columns, out);
	return d.count - 1;
}
