/*
 * listing.c -- pages of items, gathered and shown.
 */
#include "listing.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/json.h"

enum { PAGE = 1000 };

void
note(struct call *c, const char *format, ...)
{
	char text[1000];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);

	call_flush(c);
	CLEANUP(buf_done) struct buf b = {0};
	paint(&c->err, &b, DIM, text);
	buf_char(&b, '\n');
	screen_show(&c->err, &b);
}

static const struct node *
follow(const struct node *map, const char *key)
{
	for (;;) {
		char step[64];
		size_t length = strcspn(key, "/");
		if (length >= sizeof step)
			return NULL;
		memcpy(step, key, length);
		step[length] = '\0';
		map = node_get(map, step);
		if (!key[length])
			return map;
		key += length + 1;
	}
}

static const char *
value_shown(struct arena *arena, const struct node *n)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct json j = {.out = &b};
	switch (n->kind) {
	case NODE_NULL:
		return "";
	case NODE_TEXT:
		return n->text;
	case NODE_LIST:
		for (size_t i = 0; i < n->count; i++)
			buf_printf(&b, "%s%s", i ? ", " : "", value_shown(arena, &n->items[i]));
		break;
	default:
		json_node(&j, n);
	}
	return b.length ? arena_bytes(arena, b.data, b.length) : "";
}

const char *
node_shown(struct arena *arena, const struct node *map, const char *key)
{
	const struct node *n = follow(map, key);
	return n ? value_shown(arena, n) : "";
}

const char *
time_shown(struct arena *arena, const char *text)
{
	enum { DATE = 10, SECONDS_END = 19 };
	if (strlen(text) < SECONDS_END + 1 || text[DATE] != 'T' || text[strlen(text) - 1] != 'Z')
		return text;
	return arena_printf(arena, "%.*s %.*sZ", DATE, text, SECONDS_END - DATE - 1,
			    text + DATE + 1);
}

static const char *
in_lower_case(struct arena *arena, const char *text)
{
	char *copy = arena_text(arena, text);
	for (char *p = copy; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static const char *
view_text(struct arena *arena, const struct view *v, const struct node *item)
{
	const struct node *n = follow(item, v->key);
	if (v->show == SHOW_MARK)
		return n && n->kind == NODE_BOOL && n->boolean ? in_lower_case(arena, v->header)
							       : "";
	const char *text = n ? value_shown(arena, n) : "";
	return v->show == SHOW_TIME ? time_shown(arena, text) : text;
}

static void
add_cell(struct table *t, const struct view *v, const struct node *item)
{
	const char *text = view_text(t->arena, v, item);
	bool has_colour = v->show == SHOW_STATE || v->show == SHOW_MARK;
	table_painted(t, has_colour ? paint_of_word(text) : PLAIN, text);
}

void
listing_table(struct call *c, const struct view *views, const struct node *items,
	      const char *when_empty)
{
	if (!items || items->kind != NODE_LIST || items->count == 0) {
		note(c, "%s", when_empty);
		return;
	}
	const char *headers[TABLE_MOST_COLUMNS];
	struct table t = {.arena = c->arena, .headers = headers};
	while (views[t.columns].header) {
		headers[t.columns] = views[t.columns].header;
		t.columns++;
	}
	for (size_t i = 0; i < items->count; i++)
		for (const struct view *v = views; v->header; v++)
			add_cell(&t, v, &items->items[i]);
	table_write(&t, &c->out, &c->page);
}

void
facts_write(struct call *c, const struct view *views, const struct node *map)
{
	struct table t = {.arena = c->arena, .columns = 2, .whole = true};
	for (const struct view *v = views; v->header; v++) {
		if (!*view_text(c->arena, v, map))
			continue;
		table_painted(&t, DIM, v->header);
		add_cell(&t, v, map);
	}
	table_write(&t, &c->out, &c->page);
}

/* The items of all pages so far, and the cursor of the one that would come next. */
struct gathered {
	struct node *items;
	size_t count, capacity;
	const char *next;
};

static enum err_code
gather_page(struct call *c, const char *path, size_t most, struct gathered *g, struct err *e)
{
	size_t missing = most - g->count;
	const char *page =
	    path_with_number(c->arena, path, "limit", missing < PAGE ? missing : PAGE);
	struct answer a;
	enum err_code code = client_get(c, path_with(c->arena, page, "cursor", g->next), &a, e);
	if (code)
		return code;
	const struct node *items = node_get(&a.root, "items");
	if (!items || items->kind != NODE_LIST)
		return ERR(e, UNREACHABLE, "what %s answered is no list", c->server);
	for (size_t i = 0; i < items->count; i++) {
		g->items = arena_grow(c->arena, g->items, g->count, &g->capacity, sizeof *g->items);
		g->items[g->count++] = items->items[i];
	}
	/* A page without items but with a cursor would never end. */
	g->next = items->count ? node_text(&a.root, "next", NULL) : NULL;
	return ERR_OK;
}

static void
write_json(struct call *c, const struct gathered *g)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct json j = {.out = &b};
	json_begin_map(&j);
	json_key(&j, "items");
	json_begin_list(&j);
	for (size_t i = 0; i < g->count; i++)
		json_node(&j, &g->items[i]);
	json_end_list(&j);
	json_member_text(&j, "next", g->next);
	json_end_map(&j);
	buf_append(&c->page, b.data, b.length);
	buf_char(&c->page, '\n');
}

enum err_code
listing_show(struct call *c, const struct view *views, const char *path, size_t most,
	     const char *when_empty, struct err *e)
{
	struct gathered g = {0};
	do {
		enum err_code code = gather_page(c, path, most, &g, e);
		if (code)
			return code;
	} while (g.next && g.count < most);

	if (c->json) {
		write_json(c, &g);
		return ERR_OK;
	}
	struct node list = {.kind = NODE_LIST, .count = (uint32_t)g.count, .items = g.items};
	listing_table(c, views, &list, when_empty);
	if (g.next)
		note(c, "there are more than %zu; --limit N shows more", g.count);
	return ERR_OK;
}
