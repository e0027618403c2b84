/*
 * doors.h -- the whole REST API on a free port, over a catalog of its own: for tests that come
 * through the door.
 */
#ifndef WEFT_TESTS_DOORS_H
#define WEFT_TESTS_DOORS_H

#include "api/api.h"
#include "http/wire.h"

#include "folder.h"

struct doors {
	struct folder folder;
	struct config config;
	struct services services;
	struct http *http;
	_Atomic bool ready;
};

/* doors_open -- `development`: everybody is the administrator.  Nothing is provisioned. */
void doors_open(struct doors *d, bool development);
void doors_close(struct doors *d);

/* doors_ask -- one request on a connection of its own; `header` and `body` may be NULL. */
void doors_ask(struct doors *d, const char *method, const char *target, const char *header,
	       const char *body, struct answer *a);

#endif
