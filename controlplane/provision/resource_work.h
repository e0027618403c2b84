/*
 * resource_work.h -- one resource brought to what its product asks for, by calls of its plugin.
 *
 * Nothing here is written down: what became of it is in the struct afterwards, for the caller to
 * record together with the end of the job.
 */
#ifndef WEFT_PROVISION_RESOURCE_WORK_H
#define WEFT_PROVISION_RESOURCE_WORK_H

#include "plugin_host.h"
#include "resource_detail.h"
#include "wishes.h"

struct resource_work {
	/* What is to be done. */
	struct plugin_host *host;
	const struct wishes *wishes;
	const struct resource *resource;
	struct arena *arena;

	/* What became of it. */
	bool changed; /* `next` is to be recorded */
	struct resource next;
	const char *error; /* what went wrong, or NULL */
	bool again;        /* and may go right later */
	bool busy; /* the plugin was not even asked: try again soon, there is nothing to record */
	moment look_at; /* when something about it ends by itself: an access; 0: nothing */

	/* On the way. */
	struct plugin *plugin;
	struct resource_detail detail; /* as it was found */
	const char *access, *message;  /* JSON */
	char digest[DIGEST_TEXT_SIZE]; /* of the message */
};

/*
 * resource_reconcile -- by the state that it is found in:
 *     wanted, failed, or ready by an older message    validate, apply, take and give access
 *     ready                                           observe; apply again when it is gone; remove
 * what is too old retained                                        take all access A failure that
 * will not go away by itself is left alone until the message is another.
 */
void resource_reconcile(struct resource_work *w);

/* resource_expiry -- when a retained resource may be destroyed. */
moment resource_expiry(const struct wishes *wishes, const struct resource *r, struct arena *arena);

/* resource_destroy -- for good; the next state is "removed". */
void resource_destroy(struct resource_work *w);

#endif
