/*
 * event_pages.h -- the events of a server's log one after another, page by page.
 */
#ifndef WEFT_CLI_EVENT_PAGES_H
#define WEFT_CLI_EVENT_PAGES_H

#include "client.h"

struct event_pages {
	struct call *call;
	const char *kind, *subject; /* as GET /events has them; NULL for all */
	uint64_t after;             /* those behind this one ... */
	uint64_t end;               /* ... and up to that one; 0: all */
};

/* One event; it lives until the function returns. */
typedef enum err_code event_visit_fn(void *user, const struct node *event, struct err *e);

enum err_code event_pages_each(const struct event_pages *pages, event_visit_fn *visit, void *user,
			       struct err *e);

/* event_fetch -- the event of this number.  Fails: ERR_NOT_FOUND. */
enum err_code event_fetch(struct call *c, uint64_t seq, struct arena *arena,
			  const struct node **ret_event, struct err *e);

/* event_first_since -- the number of the first event at or after that moment: one behind the last
 * when there is none. */
enum err_code event_first_since(struct call *c, moment since, uint64_t end, uint64_t *ret_seq,
				struct err *e);

#endif
