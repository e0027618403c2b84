/*
 * listing.h -- lists of the server as tables: which members are shown under which headers is a
 * table itself.
 *
 *     static const struct view views[] = {
 *             {"NAME",     "name",     SHOW_TEXT},
 *             {"STANDING", "standing", SHOW_STATE},
 *             {0},
 *     };
 */
#ifndef WEFT_CLI_LISTING_H
#define WEFT_CLI_LISTING_H

#include "client.h"
#include "table.h"

enum show {
	SHOW_TEXT,  /* texts, numbers; a list with commas between */
	SHOW_STATE, /* a word that has a colour of its own */
	SHOW_TIME,  /* "2026-11-23 02:39:30Z" */
	SHOW_MARK,  /* a bool: the header in lower case when true, else nothing */
};

struct view {
	const char *header;
	const char *key; /* "sla/freshness" goes down a level */
	enum show show;
};

/* node_shown -- a member as text; "" when it is not there or null. */
const char *node_shown(struct arena *arena, const struct node *map, const char *key);

/* time_shown -- RFC 3339 as people read it: "2026-11-23 02:39:30Z". */
const char *time_shown(struct arena *arena, const char *text);

/*
 * listing_table -- the items of a JSON list, one a row; nothing but `when_empty` on standard error
 * when there are none.
 */
void listing_table(struct call *c, const struct view *views, const struct node *items,
		   const char *when_empty);

/*
 * listing_show -- ask for `path` page by page until `most` items came, and show them as a table, or
 * with --json as
 * {"items": [...], "next": CURSOR or null}.  Says on standard error when there are more.
 */
enum err_code listing_show(struct call *c, const struct view *views, const char *path, size_t most,
			   const char *when_empty, struct err *e);

/* note -- a line for people, on standard error: what is no part of the answer. */
void note(struct call *c, const char *format, ...) PRINTF(2, 3);

/* facts_write -- one map as "key  value" lines; absent members are left out. */
void facts_write(struct call *c, const struct view *views, const struct node *map);

#endif
